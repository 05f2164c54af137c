package promobot

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A room is a folder of ours with everything below it, but for folders that
// are rooms themselves. It imports only rooms of lower floors; where only is
// set, no others than these.
type room struct {
	folder string
	floor  int
	only   []string
}

const storetest = "internal/store/storetest"

var (
	nothing = []string{}
	// Any room above the ground may stand on these.
	ground = []string{"internal/store", "internal/money", "internal/vault", "internal/failpoint"}
	book   = []string{"internal/store", "internal/money"}
	books  = []string{"points", "prizes", "draws"}
	proofs = []string{"receipts", "codes", "orders"}
	// What happened to a participant, and what to tell him.
	people = []string{"participants", "internal/events", "internal/notify"}
	proof  = slices.Concat(ground, people, []string{"rewards", "campaigns", "fraud", "fns", "qr"})
	react  = slices.Concat(ground, people, []string{"rewards"})
	talk   = []string{"rewards", "inbox", "campaigns", "fraud", "fns", "bot/outbox"}
)

// rooms is the house, see docs/decisions.md for what was added to it and why.
var rooms = []room{
	{"cmd", 7, nil},

	{"bot/telegram", 6, append([]string{"bot", "bot/outbox"}, ground...)},
	{"bot/whatsapp", 6, append([]string{"bot", "bot/outbox"}, ground...)},
	{"bot/webchat", 6, append([]string{"bot"}, ground...)},
	{"console", 6, nil},
	{"demo", 6, nil},
	{"internal/bench", 6, nil},
	{"till", 6, slices.Concat(ground, people, proofs, books, talk)},

	{"bot", 5, slices.Concat(ground, people, proofs, books, talk)},

	{"backtest", 5, slices.Concat(ground, []string{"receipts", "rewards", "campaigns", "fraud", "points", "fns", "internal/events"})},

	{"receipts", 4, proof},
	{"codes", 4, proof},
	{"orders", 4, proof},
	{"journeys", 4, append([]string{"segments", "recommend"}, react...)},
	{"inbox", 4, react},

	{"rewards", 3, slices.Concat(ground, people, books, []string{"campaigns", "fraud"})},
	{"segments", 3, nil},
	{"recommend", 3, nil},

	{"campaigns", 2, slices.Concat(ground, books, []string{"fns"})},

	{"bot/outbox", 1, []string{"internal/store", "internal/failpoint"}},
	{"points", 1, book},
	{"prizes", 1, append([]string{"internal/vault"}, book...)}, // certificate codes are sealed at rest
	{"draws", 1, book},
	{"fraud", 1, nil},
	{"participants", 1, nil},
	{"internal/events", 1, nil},
	{"internal/notify", 1, nil},
	{"fns", 1, nil},
	{"qr", 1, []string{"qr/internal/worn"}},
	{"stickers", 1, nothing},

	{"qr/internal/worn", 0, nothing}, // pictures to test by
	{"migrations", 0, nothing},
	{"internal/store", 0, nothing},
	{storetest, 0, []string{"internal/store", "migrations"}},
	{"internal/money", 0, nothing},
	{"internal/config", 0, nothing},
	{"internal/vault", 0, nothing},
	{"internal/failpoint", 0, nothing},
	{"internal/npmtest", 0, nothing},
}

// reserved names who may import a room whatever the floors say.
var reserved = map[string][]string{
	"internal/config": {"cmd"},
	"migrations":      {"cmd", storetest},
	"bot/telegram":    {"cmd"},
	"bot/whatsapp":    {"cmd"},
	"bot/webchat":     {"cmd"},
	"internal/bench":  {"cmd"},
}

var (
	drivers = []string{
		"gorm.io/driver", "modernc.org/sqlite", "github.com/jackc/pgx",
		"github.com/lib/pq", "github.com/mattn/go-sqlite3",
	}
	driverRooms = []string{"internal/store", storetest, "internal/bench"}
	queue       = "github.com/riverqueue/river"
	queueRooms  = []string{"internal/store", storetest, "cmd"}
)

// chanceRooms may import math/rand, which can be foretold; wherever chance is
// worth something, it comes from crypto/rand.
var chanceRooms = map[string]string{
	"demo":             "draws receipts that look worn, the same ones every time",
	"qr/internal/worn": "draws test material, the same every time",
	"fns":              "spreads renewals and retries; the simulator invents tickets",
	"bot/outbox":       "spreads tries of deliveries",
	"internal/bench":   "spreads load; nothing that it makes is worth anything",
}

// clockRooms may read the machine's clock; all others are handed one, so that
// a test can choose the moment.
var clockRooms = map[string]string{
	"cmd":            "it owns the clock and hands it down",
	"internal/store": "leases between replicas and pauses between tries; rows take the clock of Open",
	"internal/bench": "it measures how long work takes, and dates nothing of the product's",
	storetest:        "waits for a server to start",
	"qr":             "a scan has a time budget: it measures how long, and dates nothing",
}

func TestImportsFollowTheFloors(t *testing.T) {
	for _, f := range parseHouse(t) {
		if why := unplaced(f.path); why != "" {
			t.Errorf("%s: %s", f.path, why)
			continue
		}
		for _, imported := range f.imports() {
			if why := refuse(f.path, imported); why != "" {
				t.Errorf("%s imports %s: %s", f.path, imported, why)
			}
		}
	}
}

func TestOnlyTheClocksRoomsReadIt(t *testing.T) {
	for _, f := range parseHouse(t) {
		r, _ := roomOf(path.Dir(f.path))
		if clockRooms[r.folder] != "" || strings.HasSuffix(f.path, "_test.go") {
			continue
		}
		for _, where := range f.clockReads() {
			t.Errorf("%s reads the machine's clock: take a func() time.Time, or tx.Now()", where)
		}
	}
}

func TestRoomsAreConsistent(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rooms {
		if seen[r.folder] {
			t.Errorf("%s has two floors", r.folder)
		}
		seen[r.folder] = true
		for _, name := range r.only {
			lower, ok := roomOf(name)
			if !ok || lower.folder != name {
				t.Errorf("%s may import %s, which is no room", r.folder, name)
			}
			if lower.floor >= r.floor && r.folder != storetest {
				t.Errorf("%s on floor %d may import %s on floor %d", r.folder, r.floor, name, lower.floor)
			}
		}
	}
}

// unplaced returns what is wrong with where the file stands, or "".
func unplaced(file string) string {
	_, known := roomOf(path.Dir(file))
	switch {
	case known, path.Dir(file) == "." && strings.HasSuffix(file, "_test.go"):
		return "" // at the root stand the tests that look at the whole house
	case path.Dir(file) == ".":
		return "the root holds tests only: the product lives in its rooms"
	}
	return "give it a floor in floors_test.go and say why in docs/decisions.md"
}

// refuse returns why the file may not import the package, or "".
func refuse(file, imported string) string {
	from, known := roomOf(path.Dir(file))
	test := strings.HasSuffix(file, "_test.go")
	switch {
	case !known:
		return "" // unplaced has a word on it
	case imported == "promobot" || strings.HasPrefix(imported, "promobot/"):
		return refuseOurs(from, strings.TrimPrefix(imported, "promobot/"), test)
	case slices.ContainsFunc(drivers, within(imported)) && !slices.Contains(driverRooms, from.folder):
		return "only internal/store imports a database driver"
	case strings.HasPrefix(imported, queue) && !mayImportQueue(from, path.Base(file)):
		return "only jobs.go, internal/store and cmd import the job queue"
	case (imported == "math/rand" || imported == "math/rand/v2") && chanceRooms[from.folder] == "" && !test:
		return "it can be foretold: take crypto/rand, or say in chanceRooms why this chance is worth nothing"
	}
	return ""
}

func refuseOurs(from room, imported string, test bool) string {
	to, known := roomOf(imported)
	holders, held := reserved[to.folder]
	switch {
	case !known:
		return "it has no floor"
	case to.folder == from.folder:
		return ""
	case to.folder == storetest && !test:
		return "only tests import it"
	case to.folder == storetest:
		return ""
	case held && !slices.Contains(holders, from.folder):
		return "only " + strings.Join(holders, " and ") + " may"
	case from.only != nil && !test && !slices.Contains(from.only, to.folder):
		return fmt.Sprintf("%s may import only %q", from.folder, from.only)
	case to.floor >= from.floor && from.folder != storetest:
		return fmt.Sprintf("floor %d stands on floors below, this is floor %d; to speak upward, record an event", from.floor, to.floor)
	}
	return ""
}

func mayImportQueue(from room, file string) bool {
	return slices.Contains(queueRooms, from.folder) || file == "jobs.go" || file == "jobs_test.go"
}

// within reports whether imported is a module of that prefix or inside it.
func within(imported string) func(prefix string) bool {
	return func(prefix string) bool {
		return imported == prefix || strings.HasPrefix(imported, prefix+"/")
	}
}

// roomOf returns the innermost room that holds the folder.
func roomOf(folder string) (room, bool) {
	for ; folder != "."; folder = path.Dir(folder) {
		i := slices.IndexFunc(rooms, func(r room) bool { return r.folder == folder })
		if i >= 0 {
			return rooms[i], true
		}
	}
	return room{}, false
}

type source struct {
	path string // relative, with slashes
	set  *token.FileSet
	tree *ast.File
}

// parseHouse reads every Go file of the module, whatever its build tags.
func parseHouse(t *testing.T) []source {
	t.Helper()
	var files []source
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != "." && skipped(d.Name()) {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(name) != ".go" {
			return nil
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		files = append(files, source{filepath.ToSlash(name), set, tree})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 2 {
		t.Fatal("no Go files found: is this the root of the module?")
	}
	return files
}

// skipped follows the go command, and leaves out what is built or fetched.
func skipped(folder string) bool {
	return folder == "testdata" || folder == "node_modules" || folder == "bin" || strings.HasPrefix(folder, ".") || strings.HasPrefix(folder, "_")
}

func (s source) imports() []string {
	paths := []string{}
	for _, i := range s.tree.Imports {
		p, _ := strconv.Unquote(i.Path.Value) // the parser has checked it
		paths = append(paths, p)
	}
	return paths
}

// clockReads returns the calls of time.Now, time.Since and time.Until. The
// function time.Now as a value, the default of a clock that may be handed in,
// is none.
func (s source) clockReads() []string {
	name := ""
	for _, i := range s.tree.Imports {
		if i.Path.Value == `"time"` {
			name = "time"
			if i.Name != nil {
				name = i.Name.Name
			}
		}
	}
	places := []string{}
	ast.Inspect(s.tree, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || !slices.Contains([]string{"Now", "Since", "Until"}, sel.Sel.Name) {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && name != "" && x.Name == name {
			places = append(places, s.set.Position(sel.Pos()).String())
		}
		return true
	})
	return places
}
