package torture

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"promobot/bot/telegram/tgsim"
	"promobot/campaigns"
	"promobot/demo"
	"promobot/fns/fnssim"
	"promobot/internal/store"
	"promobot/internal/vault"
	"promobot/migrations"
	"promobot/prizes"
)

// house is a bot's surroundings: a database with the demo's season, a keyset,
// and a simulated fiscal service.
type house struct {
	url    string // of the database, as checks reach it
	seenBy string // the same as the bot reaches it
	keyset string
	fiscal string // as the bot reaches it
	sim    *fnssim.Sim

	messenger string // its address as the bot reaches it; "" none
	telegram  *tgsim.Sim

	db *store.DB // for looking
}

// newHouse furnishes a migrated database.
func newHouse(t *testing.T, url string) *house {
	t.Helper()
	h := &house{url: url, seenBy: url, keyset: filepath.Join(t.TempDir(), "keys.json")}
	terms, catalogue, err := demo.Season()
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.OpenOrCreate(h.keyset)
	if err != nil {
		t.Fatal(err)
	}
	if h.db, err = store.Open(t.Context(), url, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.db.Close() })
	if err := furnish(t.Context(), h.db, v, terms, catalogue); err != nil {
		t.Fatal(err)
	}
	h.sim = fnssim.New(fnssim.Options{Invent: true, StoreDepth: -1, Goods: demo.Goods(terms), ReadyMin: 20 * time.Millisecond, ReadyMax: 200 * time.Millisecond})
	server := httptest.NewServer(h.sim)
	h.fiscal = server.URL
	t.Cleanup(func() { server.Close(); h.sim.Close() })
	return h
}

// migrated brings an empty database up to date.
func migrated(t *testing.T, url string) {
	t.Helper()
	db, err := store.Open(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Migrate(t.Context(), migrations.Files), db.Close()); err != nil {
		t.Fatal(err)
	}
}

func furnish(ctx context.Context, db *store.DB, v *vault.Vault, terms campaigns.Terms, catalogue []prizes.Prize) error {
	return db.InTx(ctx, func(tx *store.Tx) error {
		if _, _, err := (&campaigns.Book{}).Apply(ctx, tx, terms); err != nil {
			return err
		}
		return demo.Stock(ctx, tx, prizes.NewShop(db, v), terms, catalogue)
	})
}

// environment is that of the bot, with more variables behind.
func (h *house) environment(more ...string) []string {
	if h.messenger != "" {
		more = append([]string{"PROMOBOT_TELEGRAM_ENDPOINT=" + h.messenger, "PROMOBOT_TELEGRAM_TOKEN=" + tgsim.DefaultToken}, more...)
	}
	return append(append(os.Environ(), "PROMOBOT_DATABASE_URL="+h.seenBy, "PROMOBOT_KEYSET_FILE="+h.keyset, "PROMOBOT_FNS_URL="+h.fiscal,
		"PROMOBOT_FNS_MASTER_TOKEN="+fnssim.DefaultMasterToken, "PROMOBOT_FNS_SENDS_PER_SECOND=200",
		"PROMOBOT_DATABASE_LEASE=1s", "PROMOBOT_FRAUD_RECEIPTS_PER_HOUR=0", "PROMOBOT_FRAUD_RULES_FILE=", "PROMOBOT_FAILPOINT="), more...)
}

// verify runs `promobot verify` and wants everything whole.
func (h *house) verify(t *testing.T) {
	t.Helper()
	command := exec.Command(program(t), "verify")
	command.Env = append(h.environment(), "PROMOBOT_DATABASE_URL="+h.url)
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("verify: %v\n%s", err, out)
	}
	seen.add("verify: runs", 1)
}

// count counts rows.
func (h *house) count(ctx context.Context, query string, args ...any) (n int64, err error) {
	err = h.db.Read(ctx).Raw("SELECT COUNT(*) FROM "+query, args...).Scan(&n).Error
	return n, err
}

// unfinished are the rows that show work to do.
var unfinished = []string{
	"updates WHERE status = 'stored'",
	"receipts WHERE status IN ('submitted', 'checking', 'waiting')",
	"notices WHERE rendered_at IS NULL",
	"deliveries WHERE status IN ('waiting', 'sending')",
}

// rests waits until no work is left, and says what is if it takes too long.
func (h *house) rests(t *testing.T, within time.Duration) {
	t.Helper()
	var left error
	for deadline := time.Now().Add(within); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if left = h.work(t.Context()); left == nil {
			return
		}
	}
	t.Fatalf("not within %s: %v", within, left)
}

func (h *house) work(ctx context.Context) error {
	if h.telegram != nil && h.telegram.State().Pending > 0 {
		return errors.New("updates wait at the messenger")
	}
	for _, query := range unfinished {
		n, err := h.count(ctx, query)
		if err != nil {
			return err
		}
		if n > 0 {
			return errors.New("work is left: " + query)
		}
	}
	return nil
}
