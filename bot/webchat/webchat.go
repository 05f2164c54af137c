// Package webchat is the door to the talk for browsers: the chat page and the
// addresses that it speaks to.
//
// A session is a random token. Only its hash is known to us, and it is the
// participant's address in this channel; who has the token is the participant.
package webchat

import (
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"promobot/bot"
)

// Channel is the name of this channel in addresses.
const Channel = "webchat"

// Options say how the door is kept. Zero values are the defaults.
type Options struct {
	// Stickers are the pictures of the bot's stickers, ID.png; nil: there are none.
	Stickers fs.FS
	// Framed lets pages of the same origin show the chat in a frame.
	Framed bool
	// MessagesPerMinute bounds the messages of one session; 0 is 240: an album
	// and its repeats pass, a script that guesses does not.
	MessagesPerMinute int
	// SessionsPerMinute bounds the new sessions of one network address; 0 is 3000.
	SessionsPerMinute int
	// Heartbeat is the pause between signs of life in a stream; 0 is 15 s.
	Heartbeat time.Duration
}

// Door serves the chat. It is safe for use by many goroutines.
type Door struct {
	bot      *bot.Bot
	log      *slog.Logger
	options  Options
	messages *limiter
	sessions *limiter
	streams  *counter
	routes   http.Handler

	closing sync.Once
	closed  chan struct{}
}

// New returns a door to the talk. The clock, time.Now, is only that of the rate
// limits. The log hears of our own faults, never of tokens or texts.
func New(b *bot.Bot, clock func() time.Time, log *slog.Logger, o Options) *Door {
	o = o.withDefaults()
	d := &Door{
		bot:      b,
		log:      log,
		options:  o,
		messages: newLimiter(clock, o.MessagesPerMinute),
		sessions: newLimiter(clock, o.SessionsPerMinute),
		streams:  &counter{open: map[int64]int{}},
		closed:   make(chan struct{}),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /chat", d.page)
	mux.Handle("GET /chat/{$}", http.RedirectHandler("/chat", http.StatusPermanentRedirect))
	mux.HandleFunc("GET /chat/assets/{file}", d.asset)
	mux.HandleFunc("GET /chat/stickers/{file}", d.sticker)
	mux.HandleFunc("GET "+pictures+"{file}", d.picture)
	mux.HandleFunc("POST /chat/session", d.session)
	mux.HandleFunc("POST /chat/messages", d.message)
	mux.HandleFunc("GET /chat/events", d.events)
	d.routes = d.guarded(mux)
	return d
}

func (o Options) withDefaults() Options {
	if o.MessagesPerMinute == 0 {
		o.MessagesPerMinute = 240
	}
	if o.SessionsPerMinute == 0 {
		o.SessionsPerMinute = 3000
	}
	if o.Heartbeat == 0 {
		o.Heartbeat = 15 * time.Second
	}
	return o
}

// ServeHTTP serves everything under /chat.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.routes.ServeHTTP(w, r) }

// Close ends the streams, so that a server can shut down; hand it to
// http.Server.RegisterOnShutdown.
func (d *Door) Close() { d.closing.Do(func() { close(d.closed) }) }
