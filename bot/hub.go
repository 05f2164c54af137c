package bot

import "sync"

// hub wakes those who wait for messages of an address, in this process only:
// other replicas look into the table by themselves.
type hub struct {
	mu      sync.Mutex
	waiting map[int64]map[chan struct{}]bool
}

func newHub() *hub { return &hub{waiting: map[int64]map[chan struct{}]bool{}} }

// everyone stands for all addresses.
const everyone = 0

// ListenAll is Listen for all addresses together.
func (b *Bot) ListenAll() (woken <-chan struct{}, cancel func()) { return b.Listen(everyone) }

// Listen returns a channel that gets a value after messages for the address
// were committed. Several commits may be one value. cancel must be called.
func (b *Bot) Listen(addressID int64) (woken <-chan struct{}, cancel func()) {
	ring := make(chan struct{}, 1)
	b.hub.mu.Lock()
	defer b.hub.mu.Unlock()
	if b.hub.waiting[addressID] == nil {
		b.hub.waiting[addressID] = map[chan struct{}]bool{}
	}
	b.hub.waiting[addressID][ring] = true
	return ring, func() { b.hub.leave(addressID, ring) }
}

func (h *hub) leave(addressID int64, ring chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.waiting[addressID], ring)
	if len(h.waiting[addressID]) == 0 {
		delete(h.waiting, addressID)
	}
}

func (h *hub) wake(addressID int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range []int64{addressID, everyone} {
		for ring := range h.waiting[id] {
			select {
			case ring <- struct{}{}:
			default: // it is awake already
			}
		}
	}
}
