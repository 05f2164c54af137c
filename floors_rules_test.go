package promobot

import (
	"go/parser"
	"go/token"
	"testing"
)

// The checker itself, on imports that nobody has written.
func TestRefuse(t *testing.T) {
	for _, tt := range []struct {
		name     string
		file     string
		imported string
		refused  bool
	}{
		{"standard library", "points/points.go", "fmt", false},
		{"foreign module", "points/points.go", "gorm.io/gorm", false},
		{"foreign module that begins like ours", "points/points.go", "promobotany/tree", false},
		{"lower floor", "receipts/service.go", "promobot/fraud", false},
		{"sub-package of a lower floor", "receipts/service.go", "promobot/fns/ticket", false},
		{"upper floor", "rewards/desk.go", "promobot/receipts", true},
		{"same floor: a proof and a proof", "receipts/service.go", "promobot/codes", true},
		{"same floor: a book and a book", "points/points.go", "promobot/prizes", true},
		{"same floor: a door and a channel", "demo/page.go", "promobot/bot/webchat", true},
		{"own room: down", "campaigns/terms.go", "promobot/campaigns/assortment", false},
		{"own room: up", "fns/soap/client.go", "promobot/fns", false},
		{"own room: across", "demo/page.go", "promobot/demo/paper", false},
		{"the talk and a channel", "bot/talk.go", "promobot/bot/telegram", true},
		{"a channel and the talk", "bot/telegram/poll.go", "promobot/bot", false},
		{"a channel and a proof", "bot/telegram/poll.go", "promobot/receipts", true},
		{"cmd and a channel", "cmd/promobot/serve.go", "promobot/bot/telegram", false},
		{"console and anything below", "console/page.go", "promobot/draws", false},
		{"a book and the ground", "points/points.go", "promobot/internal/money", false},
		{"a book and sealed codes", "prizes/stock.go", "promobot/internal/vault", false},
		{"a ledger needs no seal", "points/points.go", "promobot/internal/vault", true},
		{"a judge and the judged", "fraud/screen.go", "promobot/receipts", true},
		{"a proof and a book", "receipts/service.go", "promobot/points", true},
		{"terms and people", "campaigns/terms.go", "promobot/participants", true},
		{"rewards and the fiscal service", "rewards/desk.go", "promobot/fns", true},
		{"a reaction and a proof", "inbox/queue.go", "promobot/receipts", true},
		{"a reaction and what to offer next", "journeys/walk.go", "promobot/recommend", false},
		{"nothing of ours: pictures", "qr/scan.go", "promobot/internal/money", true},
		{"nothing of ours: store", "internal/store/open.go", "promobot/migrations", true},
		{"nothing of ours: vault", "internal/vault/keys.go", "promobot/internal/store", true},
		{"migrations for cmd", "cmd/promobot/migrate.go", "promobot/migrations", false},
		{"migrations for storetest", "internal/store/storetest/each.go", "promobot/migrations", false},
		{"migrations for the demo", "demo/page.go", "promobot/migrations", true},
		{"configuration for cmd", "cmd/promobot/serve.go", "promobot/internal/config", false},
		{"configuration for the demo", "demo/page.go", "promobot/internal/config", true},
		{"storetest in a test", "points/points_test.go", "promobot/internal/store/storetest", false},
		{"storetest in the product", "cmd/promobot/serve.go", "promobot/internal/store/storetest", true},
		{"the store's own test", "internal/store/store_test.go", "promobot/internal/store/storetest", false},
		{"a test that builds a lower world", "receipts/receipts_test.go", "promobot/points", false},
		{"a test that looks up", "rewards/rewards_test.go", "promobot/receipts", true},
		{"driver in store", "internal/store/open.go", "github.com/jackc/pgx/v5/stdlib", false},
		{"driver in a yardstick", "internal/bench/byhand.go", "github.com/jackc/pgx/v5", false},
		{"a yardstick and what it measures", "internal/bench/settle.go", "promobot/campaigns", false},
		{"the product and its yardstick", "demo/page.go", "promobot/internal/bench", true},
		{"driver in cmd", "cmd/promobot/serve.go", "gorm.io/driver/postgres", true},
		{"driver in a test", "points/points_test.go", "modernc.org/sqlite", true},
		{"queue in jobs.go", "receipts/jobs.go", "github.com/riverqueue/river", false},
		{"queue in cmd", "cmd/promobot/serve.go", "github.com/riverqueue/river", false},
		{"queue in a service", "receipts/service.go", "github.com/riverqueue/river/rivertype", true},
		{"chance in a draw", "draws/draw.go", "math/rand/v2", true},
		{"chance in a drawing", "demo/paper/scene.go", "math/rand/v2", false},
		{"chance in a test", "draws/draws_test.go", "math/rand", false},
		{"import of no room", "cmd/promobot/serve.go", "promobot/promos", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if why := refuse(tt.file, tt.imported); (why != "") != tt.refused {
				t.Errorf("%s imports %s: got %q, want refused %t", tt.file, tt.imported, why, tt.refused)
			}
		})
	}
}

func TestUnplaced(t *testing.T) {
	for _, tt := range []struct {
		name, file string
		want       bool
	}{
		{"a room", "points/points.go", false},
		{"deep inside a room", "qr/internal/grid/grid.go", false},
		{"a folder nobody knows", "promos/promos.go", true},
		{"an internal folder nobody knows", "internal/utils/utils.go", true},
		{"only tests in a folder nobody knows", "promos/promos_test.go", true},
		{"product code at the root", "promobot.go", true},
		{"a test at the root", "floors_test.go", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if why := unplaced(tt.file); (why != "") != tt.want {
				t.Errorf("%s: got %q, want unplaced %t", tt.file, why, tt.want)
			}
		})
	}
}

func TestClockReads(t *testing.T) {
	for _, tt := range []struct {
		name, code string
		want       int
	}{
		{"a call", `import "time"; var a = time.Now()`, 1},
		{"the default of a clock", `import "time"; var a = time.Now`, 0},
		{"the measuring sisters", `import "time"; var a, b = time.Since(x), time.Until(x)`, 2},
		{"under another name", `import clock "time"; var a = clock.Now()`, 1},
		{"a transaction's moment", `import "time"; var a time.Time = tx.Now()`, 0},
		{"another package called time", `import "our/time"; var a = time.Now()`, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			set := token.NewFileSet()
			tree, err := parser.ParseFile(set, "a.go", "package a; "+tt.code, 0)
			if err != nil {
				t.Fatal(err)
			}
			if got := (source{"a.go", set, tree}).clockReads(); len(got) != tt.want {
				t.Errorf("got %v, want %d", got, tt.want)
			}
		})
	}
}
