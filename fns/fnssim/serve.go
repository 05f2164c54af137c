package fnssim

import (
	"io"
	"net/http"
	"strconv"
	"time"

	"promobot/fns/internal/xmltree"
)

// maxRequest is many times the largest request.
const maxRequest = 1 << 20

// reply is an answer: the content of a SOAP body, or a fault.
type reply struct {
	content elem
	fault   *fault
}

func ok(content elem) reply { return reply{content: content} }

func refuse(f fault) reply { return reply{fault: &f} }

// request is what a handler sees of an HTTP request.
type request struct {
	http *http.Request
	body *xmltree.Node // nil if it is not SOAP
}

// serveSOAP reads a request, suffers the switched-on troubles and answers. The
// handler is called with the lock held.
func (s *Sim) serveSOAP(w http.ResponseWriter, r *http.Request, handle func(request) reply) {
	text, err := io.ReadAll(io.LimitReader(r.Body, maxRequest))
	if err != nil {
		return
	}
	in := request{http: r}
	if root, err := xmltree.Parse(text); err == nil && root.Named(soapNS, "Envelope") {
		in.body = root.Child(soapNS, "Body")
	}
	t := s.trouble()
	if !s.pause(r, t.latency) {
		return
	}
	switch {
	case t.tooMany:
		writeTooMany(w)
	case t.bare == "drop":
		panic(http.ErrAbortHandler)
	case t.bare != "":
		writeHTML(w, bare[t.bare])
	default:
		s.answer(w, r, s.handle(in, handle), t)
	}
}

func (s *Sim) handle(in request, handle func(request) reply) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep()
	return handle(in)
}

// trouble is what befalls one exchange.
type trouble struct {
	latency  time.Duration
	tooMany  bool
	bare     string
	slow     time.Duration
	truncate bool
	style    string
}

func (s *Sim) trouble() trouble {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.switches
	s.counts.Calls++
	t := trouble{latency: time.Duration(w.Latency), slow: time.Duration(w.SlowBody.duration), style: w.Dialect.Prefix}
	t.tooMany, t.truncate = s.roll(w.HTTP429), s.roll(w.TruncatedBody)
	for name := range bare {
		if s.roll(w.Fault[name]) {
			t.bare = name
		}
	}
	if t.tooMany {
		s.counts.HTTP429++
	}
	if t.style == "random" {
		t.style = prefixStyles[s.rng.IntN(len(prefixStyles)-1)]
	}
	return t
}

// pause waits; false means that the caller has gone or the simulator closes.
func (s *Sim) pause(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
	case <-s.closed:
	}
	return false
}

// answer writes a reply in chunks, as the service does. Faults are HTTP 500.
func (s *Sim) answer(w http.ResponseWriter, r *http.Request, out reply, t trouble) {
	content, status := out.content, http.StatusOK
	if out.fault != nil {
		content, status = faultElem(*out.fault), http.StatusInternalServerError
	}
	text := []byte(envelope(content, t.style))
	if t.truncate {
		text = text[:len(text)/2]
	}
	w.Header().Set("Content-Type", "text/xml; charset=UTF-8")
	w.Header().Set("Server", "Jetty(9.4.11.v20180605)")
	w.WriteHeader(status)
	s.options.Log.Debug("answer", "path", r.URL.Path, "action", r.Header.Get("SOAPAction"), "status", status)
	s.drip(w, r, text, t.slow)
	if t.truncate {
		panic(http.ErrAbortHandler) // cuts the connection, so that the body has no end
	}
}

// chunks is how many pieces a body is sent in.
const chunks = 8

func (s *Sim) drip(w http.ResponseWriter, r *http.Request, text []byte, total time.Duration) {
	out := http.NewResponseController(w)
	size := len(text)/chunks + 1
	for len(text) > 0 {
		n := min(size, len(text))
		if _, err := w.Write(text[:n]); err != nil {
			return
		}
		if err := out.Flush(); err != nil {
			return
		}
		text = text[n:]
		if !s.pause(r, total/chunks) {
			return
		}
	}
}

func writeTooMany(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "2")
	writeHTML(w, http.StatusTooManyRequests)
}

func writeHTML(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	title := strconv.Itoa(status) + " " + http.StatusText(status)
	// A browser's page; if the client has gone there is nobody to tell.
	_, _ = io.WriteString(w, "<html>\r\n<head><title>"+title+"</title></head>\r\n<body><center><h1>"+title+"</h1></center><hr></body>\r\n</html>")
}
