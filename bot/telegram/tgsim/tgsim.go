package tgsim

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options describe a simulator. All may be left out.
type Options struct {
	Token    string           // "digits:secret"; default DefaultToken
	Username string           // of the bot; default "promo_test_bot"
	Name     string           // of the bot; default "Promo"
	Clock    func() time.Time // default the machine's; Advance moves the simulator ahead of it
	Seed     uint64           // of file ids, callback ids and random pauses
	Rates    bool             // refuse with 429 what is sent faster than the service allows
	Strict   Checker          // judges every request; what it finds is kept in Violations
	Log      *slog.Logger     // default: silent
}

// Checker judges a request of the bot: its method as it was written, its
// parameters as text (composite ones as JSON) and the names of the files that
// came with it. It answers what is wrong, a line each.
type Checker interface {
	Check(method string, params map[string]string, files []string) []string
}

// DefaultToken is taken when the options name none.
const DefaultToken = "700000001:TEST-TOKEN-not-real"

// Sim is a running simulator and its http.Handler.
type Sim struct {
	options  Options
	me       User
	control  http.Handler
	methods  map[string]func(*Sim, *call) (any, error)
	pictures *darkroom
	life     context.Context // ends with Close
	end      context.CancelFunc
	working  sync.WaitGroup // deliveries to the webhook

	mu        sync.Mutex    // guards all below
	changed   chan struct{} // closed and renewed when anything happens
	ahead     time.Duration // of Options.Clock
	serial    uint64        // numbers everything that is drawn from the seed
	version   int64         // of what people see
	people    map[int64]*person
	messageID int
	files     files
	inbox     inbox
	hook      hook
	presses   map[string]*Press
	commands  map[commandScope][]Command
	sets      map[string]*stickerSet
	faults    []*Fault
	rates     rates
	log       requestLog
	found     []Violation
}

// New returns a simulator. Serve it with net/http and Close it at the end.
func New(o Options) *Sim {
	fillDefaults(&o)
	life, end := context.WithCancel(context.Background())
	s := &Sim{
		options:  o,
		life:     life,
		end:      end,
		changed:  make(chan struct{}),
		methods:  methodTable(),
		pictures: newDarkroom(),
		people:   make(map[int64]*person),
		files:    newFiles(),
		inbox:    inbox{nextID: firstUpdate},
		hook:     newHook(),
		presses:  make(map[string]*Press),
		commands: make(map[commandScope][]Command),
		sets:     make(map[string]*stickerSet),
		rates:    rates{enforced: o.Rates, chats: make(map[int64]*bucket), told: make(map[string]time.Time)},
	}
	id, _ := strconv.ParseInt(strings.SplitN(o.Token, ":", 2)[0], 10, 64) // a token of another form has the bot 0
	s.me = User{ID: id, IsBot: true, FirstName: o.Name, Username: o.Username}
	s.control = s.controlMux()
	return s
}

func fillDefaults(o *Options) {
	if o.Token == "" {
		o.Token = DefaultToken
	}
	if o.Username == "" {
		o.Username = "promo_test_bot"
	}
	if o.Name == "" {
		o.Name = "Promo"
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
}

// Close ends the waiting of long polls, slow answers and deliveries. The
// listener is the caller's.
func (s *Sim) Close() {
	s.mu.Lock()
	s.end() // under the lock, so that no delivery starts after it
	s.mu.Unlock()
	s.working.Wait()
	s.hook.client.CloseIdleConnections()
}

// Handler returns the simulator itself, for an http.Server.
func (s *Sim) Handler() http.Handler { return s }

// Me returns the bot.
func (s *Sim) Me() User { return s.me }

// ServeHTTP answers the Bot API, its file host and the control addresses.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/bot"):
		s.serveAPI(w, r)
	case strings.HasPrefix(r.URL.Path, "/file/bot"):
		s.serveFile(w, r)
	default:
		s.control.ServeHTTP(w, r)
	}
}

// chance returns a number of 56 bits that depends on the seed and on how many
// were drawn before.
func (s *Sim) chance() int64 {
	s.serial++
	var text [16]byte
	binary.BigEndian.PutUint64(text[:8], s.options.Seed)
	binary.BigEndian.PutUint64(text[8:], s.serial)
	sum := sha256.Sum256(text[:])
	n := int64(0)
	for _, b := range sum[:7] {
		n = n<<8 | int64(b)
	}
	return n
}
