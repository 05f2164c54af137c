package demo

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"

	"promobot/fns/fnssim"
)

// modes are the positions of the switch, as the simulator's own. Slow makes an
// answer take 8 to 15 seconds, since it needs two to four exchanges; what is
// not there yet comes with the first question after the switch goes back.
var modes = map[string]string{
	"none":    `{"fault":[],"latency":0,"lateArrival":0}`,
	"down":    `{"fault":"http503","latency":0,"lateArrival":0}`,
	"slow":    `{"fault":[],"latency":3,"lateArrival":0}`,
	"not_yet": `{"fault":[],"latency":0,"lateArrival":"72h"}`,
}

var errMode = errors.New(`send {"mode":"none"}, down, slow or not_yet`)

// maxSwitch bounds the body of a request, in bytes.
const maxSwitch = 1 << 10

// trouble switches the simulated tax service.
type trouble struct {
	sim *fnssim.Sim

	mu   sync.Mutex // guards mode and the order of switching
	mode string
}

func newTrouble(sim *fnssim.Sim) *trouble { return &trouble{sim: sim, mode: "none"} }

func (t *trouble) open(doors *http.ServeMux) {
	if t.sim == nil {
		doors.HandleFunc("/demo/trouble", func(w http.ResponseWriter, _ *http.Request) {
			refuse(w, http.StatusNotFound, "the tax service is not simulated here, its troubles cannot be switched")
		})
		return
	}
	doors.HandleFunc("GET /demo/trouble", t.show)
	doors.HandleFunc("PUT /demo/trouble", t.change)
}

func (t *trouble) show(w http.ResponseWriter, _ *http.Request) {
	t.mu.Lock()
	defer t.mu.Unlock()
	answer(w, http.StatusOK, map[string]string{"mode": t.mode})
}

func (t *trouble) change(w http.ResponseWriter, r *http.Request) {
	mode, err := readMode(http.MaxBytesReader(w, r.Body, maxSwitch))
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.sim.Control([]byte(modes[mode])); err != nil {
		panic(err) // the switches are ours
	}
	t.mode = mode
	answer(w, http.StatusOK, map[string]string{"mode": t.mode})
}

// readMode takes exactly one object with exactly the one key.
func readMode(body io.Reader) (string, error) {
	tokens, err := tokensOf(body)
	if err != nil || len(tokens) != 4 || tokens[0] != json.Delim('{') || tokens[1] != "mode" || tokens[3] != json.Delim('}') {
		return "", errMode
	}
	mode, _ := tokens[2].(string)
	if _, known := modes[mode]; !known {
		return "", errMode
	}
	return mode, nil
}

func tokensOf(body io.Reader) (tokens []json.Token, err error) {
	in := json.NewDecoder(body)
	for {
		token, err := in.Token()
		switch {
		case errors.Is(err, io.EOF):
			return tokens, nil
		case err != nil:
			return nil, err
		}
		tokens = append(tokens, token)
	}
}
