package points_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/points"
)

// signer signs with a key of the test's own.
type signer struct{ key ed25519.PrivateKey }

func newSigner() signer { return signer{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))} }

func (s signer) Sign(text []byte) (signature, publicKey []byte) {
	return ed25519.Sign(s.key, text), s.key.Public().(ed25519.PublicKey)
}

// unsigned is an old keyset.
type unsigned struct{}

func (unsigned) Sign([]byte) (signature, publicKey []byte) { return nil, nil }

func seal(t testing.TB, db *store.DB, by points.Signer) (r points.Root, made bool) {
	t.Helper()
	err := db.InTx(context.Background(), func(tx *store.Tx) (err error) {
		r, made, err = ledger.Seal(context.Background(), tx, by)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r, made
}

// eachLedger hands the test a small ledger of two participants and two days:
// postings 1 to 6 with entries 1 to 12, sealed after the fifth and the sixth.
func eachLedger(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	storetest.EachURL(t, func(t *testing.T, url string) {
		var now atomic.Int64
		now.Store(spring.UnixMicro())
		db, err := store.Open(context.Background(), url, func() time.Time { return time.UnixMicro(now.Add(1)) })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		for i, p := range []points.Posting{
			lasting("receipt:1/lines", 5, 10, 30), accrual("receipt:2/lines", 6, 20), spending("update:9/price", 5, 4),
			{Source: "swap", Kind: points.Correction, Legs: points.Move(points.Available(5), points.Available(6), 1)},
			{Source: "books", Kind: points.Correction, Legs: points.Move(points.Issued(1), points.Expired(1), 3)},
			accrual("receipt:3/lines", 6, 30),
		} {
			if err := post(context.Background(), db, p); err != nil {
				t.Fatal(err)
			}
			if i >= 4 {
				if _, made := seal(t, db, newSigner()); !made {
					t.Fatal("no root was made")
				}
				now.Add((24 * time.Hour).Microseconds())
			}
		}
		wantWhole(t, db)
		test(t, db)
	})
}

var errBack = errors.New("back")

// tampered runs the statements and tells what the ledger finds; nothing stays.
func tampered(t *testing.T, db *store.DB, statements ...string) (found []points.Finding) {
	t.Helper()
	ctx := context.Background()
	err := db.InTx(ctx, func(tx *store.Tx) error {
		for _, s := range statements {
			if err := tx.Exec(s).Error; err != nil {
				t.Fatalf("%s: %v", s, err)
			}
		}
		for _, check := range []func(context.Context, *store.Tx) ([]points.Finding, error){
			func(ctx context.Context, tx *store.Tx) ([]points.Finding, error) {
				_, f, err := ledger.Chains(ctx, tx.DB, 100)
				return f, err
			},
			func(ctx context.Context, tx *store.Tx) ([]points.Finding, error) {
				_, f, err := ledger.Lots(ctx, tx.DB, 100)
				return f, err
			},
		} {
			f, err := check(ctx, tx)
			if err != nil {
				return err
			}
			found = append(found, f...)
		}
		return errBack
	})
	if !errors.Is(err, errBack) {
		t.Fatal(err)
	}
	return found
}

// D12: whatever is changed in whatever column, the row is named.
func TestChangedRowsAreNamed(t *testing.T) {
	entry := func(id int, change string) []string {
		return []string{fmt.Sprintf("UPDATE ledger_entries SET %s WHERE id = %d", change, id)}
	}
	posting := func(change string) []string { return []string{"UPDATE postings SET " + change + " WHERE id = 1"} }
	link := func(change string) []string {
		return []string{"UPDATE ledger_links SET " + change + " WHERE participant_id = 5 AND n = 1"}
	}
	root := func(change string) []string { return []string{"UPDATE ledger_roots SET " + change + " WHERE id = 1"} }
	head := func(change string) []string {
		return []string{"UPDATE ledger_root_heads SET " + change + " WHERE root_id = 1 AND participant_id = 5"}
	}
	eachLedger(t, func(t *testing.T, db *store.DB) {
		for _, tt := range []struct {
			name string
			do   []string
			want []string // "subject: a part of the text", all of them
		}{
			{"amount", entry(2, "amount = 11"), []string{"entry:2: of posting receipt:1/lines, participant 5: amount of participant:5/available is 11, was written as 10"}},
			{"amount of a campaign's leg", entry(1, "amount = -11"), []string{"entry:1: of posting receipt:1/lines"}},
			{"sign", entry(6, "amount = 4"), []string{"entry:6: of posting update:9/price, participant 5"}},
			{"account", entry(2, "account = 'participant:7/available'"),
				[]string{"entry:2: of posting receipt:1/lines, participant 5: account is participant:7/available, was written as participant:5/available"}},
			{"posting of an entry", entry(6, "posting_id = 2"),
				[]string{"participant:5/available: the entry of -4 of posting update:9/price, participant 5 is gone", "entry:6: of posting receipt:2/lines, participant 6"}},
			{"entry deleted", []string{"DELETE FROM ledger_entries WHERE id = 2"},
				[]string{"participant:5/available: the entry of 10 of posting receipt:1/lines, participant 5 is gone"}},
			{"entry inserted", []string{"INSERT INTO ledger_entries (id, posting_id, account, amount) VALUES (99, 1, 'participant:6/held', 5)"},
				[]string{"entry:99: of posting receipt:1/lines, participant 5: participant:6/held by 5 was added later"}},
			{"entries swapped", append(entry(2, "amount = 20"), entry(4, "amount = 10")...), []string{"entry:2: ", "entry:4: "}},
			{"entry of nobody's posting", entry(10, "amount = -4"), []string{"entry:10: of posting books, participant 0"}},

			{"source", posting("source = 'receipt:9/lines'"), []string{"posting:1: receipt:1/lines, participant 5: source is receipt:9/lines"}},
			{"kind", posting("kind = 'correction'"), []string{"posting:1: receipt:1/lines, participant 5: kind is correction, was written as accrual"}},
			{"hash", posting("hash = 'x'"), []string{"posting:1: receipt:1/lines, participant 5: hash is x"}},
			{"posted_at", posting("posted_at = '2026-03-01 12:00:01+00:00'"), []string{"posting:1: receipt:1/lines, participant 5: posted_at is 2026-03-01T12:00:01Z"}},
			{"expires_at", posting("expires_at = NULL"), []string{"posting:1: receipt:1/lines, participant 5: expires_at is never", "lot:1: does not expire"}},
			{"posting deleted", []string{"DELETE FROM ledger_entries WHERE posting_id = 5", "DELETE FROM postings WHERE id = 5"}, []string{"posting:5: books is gone"}},
			{"posting inserted", []string{"INSERT INTO postings (id, source, kind, hash, posted_at) VALUES (99, 'gift', 'accrual', '', '2026-03-01 12:00:00+00:00')"},
				[]string{"posting:99: gift stands in no chain"}},
			{"postings swapped", []string{"UPDATE postings SET source = 'x' WHERE id = 1", "UPDATE postings SET source = 'receipt:1/lines' WHERE id = 2",
				"UPDATE postings SET source = 'receipt:2/lines' WHERE id = 1"}, []string{"posting:1: ", "posting:2: "}},

			{"body", link(`body = REPLACE(body, '"amount":10', '"amount":11')`), []string{"participant:5/link:1: of posting 1: its hash", "entry:2: "}},
			{"link's hash", link("hash = REPLACE(hash, substr(hash, 1, 1), 'g')"), []string{"participant:5/link:1: of posting 1: its hash"}},
			{"hash that is covered", []string{"UPDATE ledger_links SET hash = REPLACE(hash, substr(hash, 1, 1), 'g') WHERE participant_id = 5 AND n = 3"},
				[]string{"participant:5/link:3: of posting 4: its hash", "participant:5/link:3: is not what the root of 2026-03-01 covers"}},
			{"link's posting", link("posting_id = 3"), []string{"participant:5/link:1: names posting 3, its body 1"}},
			{"link's number", link("n = 9"), []string{"participant:5/link:1: is missing"}},
			{"link's participant", link("participant_id = 8"), []string{"participant:5/link:1: is missing", "participant:8/available: the head is gone"}},
			{"link deleted", []string{"DELETE FROM ledger_links WHERE participant_id = 5 AND n = 2"}, []string{"participant:5/link:2: is missing", "posting:3: update:9/price stands in no chain"}},
			{"last link deleted", []string{"DELETE FROM ledger_links WHERE participant_id = 6 AND n = 3"}, []string{"participant:6/available: the head is link 3", "posting:6: "}},
			{"links swapped", []string{"UPDATE ledger_links SET n = 9 WHERE participant_id = 5 AND n = 1", "UPDATE ledger_links SET n = 1 WHERE participant_id = 5 AND n = 2",
				"UPDATE ledger_links SET n = 2 WHERE participant_id = 5 AND n = 9"}, []string{"participant:5/link:1: ", "participant:5/link:2: "}},
			{"head", []string{"UPDATE balances SET head = 'x' WHERE account = 'participant:5/available'"}, []string{"participant:5/available: the head is link 3 x"}},
			{"length", []string{"UPDATE balances SET links = 2 WHERE account = 'participant:5/available'"}, []string{"participant:5/available: the head is link 2"}},
			{"head deleted", []string{"DELETE FROM balances WHERE account = 'participant:5/available'"}, []string{"participant:5/available: the head is gone"}},

			{"lot's amount", []string{"UPDATE lots SET amount = 99 WHERE id = 1"}, []string{"posting:1/lot:1: of posting receipt:1/lines, participant 5", "lot:1: has 5 left"}},
			{"lot's rest", []string{"UPDATE lots SET remaining = 6 WHERE id = 1"}, []string{"lot:1: has 6 left, its uses leave 5", "participant:5/available: its lots hold 6"}},
			{"lot's end", []string{"UPDATE lots SET expires_at = NULL WHERE id = 1"}, []string{"lot:1: does not expire when its posting 1 says"}},
			{"lot's campaign", []string{"UPDATE lots SET campaign_id = 2 WHERE id = 1"}, []string{"posting:1/lot:1: "}},
			{"lot's source", []string{"UPDATE lots SET source = 'x' WHERE id = 1"}, []string{"posting:1/lot:1: "}},
			{"lot's beginning", []string{"UPDATE lots SET created_at = '2026-01-01 00:00:00+00:00' WHERE id = 1"}, []string{"lot:1: was made at 2026-01-01"}},
			{"lot's owner", []string{"UPDATE lots SET participant_id = 6 WHERE id = 1"}, []string{"posting:1/lot:1: of posting receipt:1/lines, participant 5"}},
			{"use", []string{"UPDATE lot_uses SET amount = 3 WHERE id = 1"}, []string{"posting:3/lot:1: of posting update:9/price, participant 5"}},
			{"use of another lot", []string{"UPDATE lot_uses SET lot_posting_id = 2 WHERE id = 1"}, []string{"posting:3/lot:1: ", "posting:3/lot:2: "}},
			{"what a use undoes", []string{"UPDATE lot_uses SET undoes = 2 WHERE id = 1"}, []string{"posting:3/lot:1: undoes posting 2"}},
			{"use deleted", []string{"DELETE FROM lot_uses WHERE id = 1"}, []string{"posting:3/lot:1: "}},

			{"root's day", root("day = '2026-02-28'"), []string{"root:2026-02-28: it is not the hash"}},
			{"root's time", root("made_at = '2026-03-01 00:00:00+00:00'"), []string{"root:2026-03-01: it is not the hash"}},
			{"root's count", root("heads = 1"), []string{"root:2026-03-01: it is not the hash"}},
			{"root's past", root("prev = 'x'"), []string{"root:2026-03-01: it does not follow"}},
			{"root", root("root = 'x'"), []string{"root:2026-03-01: it is not the hash", "root:2026-03-02: it does not follow"}},
			{"key", root("public_key = REPLACE(public_key, substr(public_key, 1, 1), 'f')"), []string{"root:2026-03-01: its signature is not by its key"}},
			{"signature", root("signature = REPLACE(signature, substr(signature, 1, 1), 'f')"), []string{"root:2026-03-01: its signature is not by its key"}},
			{"covered head", head("hash = 'x'"), []string{"root:2026-03-01: it is not the hash", "participant:5/link:3: is not what the root of 2026-03-01 covers"}},
			{"covered length", head("n = 2"), []string{"root:2026-03-01: it is not the hash", "participant:5/link:2: is not what the root of 2026-03-01 covers"}},
			{"covered participant", head("participant_id = 9"), []string{"root:2026-03-01: it is not the hash", "participant:9/link:3: "}},
			{"head uncovered", []string{"DELETE FROM ledger_root_heads WHERE root_id = 1 AND participant_id = 5"}, []string{"root:2026-03-01: it is not the hash"}},
			{"root deleted", []string{"DELETE FROM ledger_root_heads WHERE root_id = 1", "DELETE FROM ledger_roots WHERE id = 1"}, []string{"root:2026-03-02: it does not follow"}},
		} {
			found := tampered(t, db, tt.do...)
			var texts []string
			for _, f := range found {
				texts = append(texts, f.Subject+": "+f.Text)
			}
			all := strings.Join(texts, "\n")
			for _, want := range tt.want {
				if !strings.Contains("\n"+all, "\n"+want) {
					t.Errorf("%s: want %q in\n%s", tt.name, want, all)
				}
			}
		}
		wantWhole(t, db)
	})
}

// Only the one row is named, nothing behind it in the chain.
func TestOneChangeIsOneFinding(t *testing.T) {
	eachLedger(t, func(t *testing.T, db *store.DB) {
		for _, change := range []string{"UPDATE ledger_entries SET amount = -11 WHERE id = 1", "UPDATE postings SET kind = 'x' WHERE id = 1",
			"UPDATE ledger_links SET hash = 'x' WHERE participant_id = 5 AND n = 1"} {
			if found := tampered(t, db, change); len(found) != 1 {
				t.Errorf("%s: %v, want one finding", change, found)
			}
		}
	})
}

// Who rewrites a chain to its end cannot rewrite the root that covers it.
func TestRewrittenChainIsNotWhatTheRootCovers(t *testing.T) {
	eachLedger(t, func(t *testing.T, db *store.DB) {
		var l struct{ Prev, Body string }
		err := db.Read(context.Background()).Raw(`SELECT a.hash AS prev, b.body FROM ledger_links a JOIN ledger_links b
			ON b.participant_id = a.participant_id AND b.n = a.n + 1 WHERE a.participant_id = 5 AND a.n = 2`).Scan(&l).Error
		if err != nil {
			t.Fatal(err)
		}
		body := strings.Replace(l.Body, `"kind":"correction"`, `"kind":"spending"`, 1)
		sum := sha256.Sum256([]byte(l.Prev + "\n5\n3\n" + body))
		hash := hex.EncodeToString(sum[:])
		found := tampered(t, db, "UPDATE postings SET kind = 'spending' WHERE id = 4",
			fmt.Sprintf("UPDATE ledger_links SET body = '%s', hash = '%s' WHERE participant_id = 5 AND n = 3", body, hash),
			fmt.Sprintf("UPDATE balances SET head = '%s' WHERE account = 'participant:5/available'", hash),
			"DELETE FROM ledger_links WHERE participant_id = 6 AND n >= 2",
			"UPDATE balances SET links = 1, head = (SELECT hash FROM ledger_links WHERE participant_id = 6 AND n = 1) WHERE account = 'participant:6/available'",
		)
		if text := fmt.Sprint(found); !strings.Contains(text, "participant:5/link:3 is not what the root of 2026-03-01 covers") ||
			!strings.Contains(text, "participant:6/link:2 is not what the root of 2026-03-01 covers") {
			t.Errorf("found %v", found)
		}
	})
}

// Two replicas post for the same people at once; no chain forks and none is lost.
func TestChainsDoNotFork(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		ctx := context.Background()
		var replicas [2]*store.DB
		for i := range replicas {
			db, err := store.Open(ctx, url, nil)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			replicas[i] = db
		}
		const each = 25
		var group sync.WaitGroup
		for i, db := range replicas {
			for n := range each {
				group.Go(func() {
					for _, p := range []points.Posting{accrual(fmt.Sprintf("receipt:%d/%d", i, n), 5, 10),
						{Source: fmt.Sprintf("swap:%d/%d", i, n), Kind: points.Correction, Legs: points.Move(points.Available(5), points.Available(6), 1)}} {
						if err := post(ctx, db, p); err != nil {
							t.Error(err)
						}
					}
				})
			}
			group.Go(func() { seal(t, db, newSigner()) })
		}
		group.Wait()
		var links, roots int64
		g := replicas[0].Read(ctx)
		if err := errors.Join(g.Table("ledger_links").Where("participant_id = 5").Count(&links).Error, g.Table("ledger_roots").Count(&roots).Error); err != nil {
			t.Fatal(err)
		}
		if links != 4*each || roots != 1 {
			t.Errorf("%d links and %d roots, want %d and 1", links, roots, 4*each)
		}
		wantWhole(t, replicas[0])
	})
}

func TestRootsFollowEachOther(t *testing.T) {
	eachLedger(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		exported, err := ledger.Roots(ctx, db.Read(ctx))
		if err != nil || len(exported) != 2 || exported[1].Prev != exported[0].Root || exported[0].Heads != 3 || exported[1].Heads != 1 {
			t.Fatalf("%+v (%v)", exported, err)
		}
		if r, made := seal(t, db, unsigned{}); !made || r.Signature != "" || r.Heads != 0 {
			t.Errorf("%+v, made %t; want an unsigned root of nothing new", r, made)
		}
		if _, made := seal(t, db, newSigner()); made {
			t.Error("a second root of one day")
		}
		wantWhole(t, db)
		if found, err := ledger.Extends(ctx, db.Read(ctx), exported); err != nil || len(found) > 0 {
			t.Errorf("%v (%v), want the ledger to extend its export", found, err)
		}
		exported[0].Root, exported[1].Day = "x", "2026-05-05"
		if found, err := ledger.Extends(ctx, db.Read(ctx), exported); err != nil || len(found) != 2 {
			t.Errorf("%v (%v), want two findings", found, err)
		}
	})
}

// Postings of before there were chains are linked as they are found, once.
func TestOldPostingsAreAdopted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		err := db.InTx(ctx, func(tx *store.Tx) error {
			for _, s := range []string{
				`INSERT INTO postings (id, source, kind, hash, posted_at) VALUES (1, 'receipt:1/lines', 'accrual', 'h', '2026-01-01 00:00:00+00:00'),
					(2, 'receipt:2/lines', 'hold', 'h', '2026-01-02 00:00:00+00:00')`,
				`INSERT INTO ledger_entries (posting_id, account, amount) VALUES (1, 'participant:5/available', 10), (1, 'campaign:1/issued', -10),
					(2, 'participant:6/held', 7), (2, 'campaign:1/issued', -7)`,
				`INSERT INTO balances (account, balance) VALUES ('participant:5/available', 10), ('participant:6/held', 7)`,
				`INSERT INTO lots (participant_id, posting_id, source, amount, remaining, created_at) VALUES (5, 1, 'receipt:1/lines', 10, 10, '2026-01-01 00:00:00+00:00')`,
				`UPDATE ledger_adoption SET until = 2`,
			} {
				if err := tx.Exec(s).Error; err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if db.Engine == store.Postgres { // the ids above were given, not drawn
			if err := db.InTx(ctx, func(tx *store.Tx) error { return tx.Exec("ALTER TABLE postings ALTER COLUMN id RESTART WITH 3").Error }); err != nil {
				t.Fatal(err)
			}
		}
		wantWhole(t, db) // waiting is no break
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() {
				if err := ledger.Adopt(ctx, db); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if err := post(ctx, db, spending("award:1", 5, 4)); err != nil {
			t.Fatal(err)
		}
		wantWhole(t, db)
		if found := tampered(t, db, "UPDATE ledger_entries SET amount = 8 WHERE account = 'participant:6/held'"); len(found) != 1 || !strings.Contains(found[0].Text, "of posting receipt:2/lines, participant 6") {
			t.Errorf("%v, want the old entry", found)
		}
		if found := tampered(t, db, "INSERT INTO postings (id, source, kind, hash, posted_at) VALUES (99, 'gift', 'accrual', '', '2026-03-01 12:00:00+00:00')"); len(found) != 1 {
			t.Errorf("%v, want the posting that was put in after the adoption", found)
		}
	})
}
