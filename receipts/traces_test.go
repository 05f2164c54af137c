package receipts_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"promobot/internal/events"
	"promobot/internal/store"
	"promobot/qr"
	"promobot/receipts"
)

// traces are what unread photos have left, oldest first.
func (w world) traces() (kept []string) {
	w.Helper()
	if err := w.db.Read(context.Background()).Raw("SELECT trace FROM photo_traces ORDER BY receipt_id").Scan(&kept).Error; err != nil {
		w.Fatal(err)
	}
	return kept
}

func (w world) left(want ...string) {
	w.Helper()
	if got := w.traces(); !slices.Equal(got, want) {
		w.Errorf("traces %q, want %q", got, want)
	}
}

func (w world) forgetTraces() {
	w.Helper()
	w.must(func(_ context.Context, tx *store.Tx) error { return tx.Exec("DELETE FROM photo_traces").Error })
}

// stageOf is the stage that the timeline of a receipt names.
func (w world) stageOf(id int64) string {
	w.Helper()
	list, err := events.After(context.Background(), w.db.Read(context.Background()), 0, 1000)
	if err != nil {
		w.Fatal(err)
	}
	for _, e := range list {
		if e.Kind == receipts.EventRead && e.Subject == receipts.Subject(id) {
			return fmt.Sprint(e.Data["stage"])
		}
	}
	return ""
}

// half is a photo that cannot be read alone.
func halfShot(trace string) order { return order{Hint: "glare", Trace: trace} }

// rest is the photo that is read as text together with the trace.
func rest(trace, needs, text string) order {
	return order{Hint: "blurred", Trace: trace, Needs: needs, Merged: text}
}

// TestTwoPhotosOfOneReceipt is A05: neither can be read, both together can.
func TestTwoPhotosOfOneReceipt(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		me, q := w.person(), w.office.good()
		first := w.photo(me, halfShot("a").picture())
		w.is(first, receipts.Rejected, "scan.glare", 0)
		if first.Facts["again"] != true {
			w.Errorf("facts %v, want again", first.Facts)
		}
		w.left("a")
		second := w.photo(me, rest("b", "a", q.String()).picture())
		w.is(second, receipts.Checking, "", 0)
		if stage := w.stageOf(second.ID); stage != "merged" {
			w.Errorf("stage %q, want merged", stage)
		}
		w.left()
		w.is(w.check(second.ID), receipts.Accepted, "", 80)
		w.is(w.get(first.ID), receipts.Rejected, "scan.glare", 0)
		w.told(first.ID, "scan.glare")
		w.told(second.ID, receipts.NoticeRead, receipts.NoticeAccepted)
		// The same document by two more halves is the same document.
		w.photo(me, halfShot("c").picture())
		w.is(w.photo(me, rest("d", "c", q.String()).picture()), receipts.Rejected, receipts.ReasonDuplicateOwn, 0)
		other := w.person()
		w.photo(other, halfShot("e").picture())
		w.is(w.photo(other, rest("f", "e", q.String()).picture()), receipts.Rejected, receipts.ReasonDuplicate, 0)
		w.left()
	})
}

// TestWhichPhotosArePutTogether: the last three within half an hour, of one
// participant and campaign, that are no copies.
func TestWhichPhotosArePutTogether(t *testing.T) {
	const far = 0x0f0f_f0f0_3c3c_c3c3
	eachWorld(t, nil, func(w world) {
		for _, tt := range []struct {
			name string
			run  func(w world, me int64)
			want [][]string // handed over, call by call
			left []string
		}{
			{"a first photo", func(w world, me int64) { w.photo(me, halfShot("a").picture()) }, nil, []string{"a"}},
			{"a photo that is read alone", func(w world, me int64) {
				w.photo(me, halfShot("a").picture())
				w.photo(me, order{Text: w.office.good().String(), Trace: "b"}.picture())
			}, nil, nil},
			{"one that leaves nothing", func(w world, me int64) {
				w.photo(me, order{Hint: "no_code"}.picture())
				w.photo(me, halfShot("b").picture())
			}, nil, []string{"b"}},
			{"one that leaves too much", func(w world, me int64) {
				w.photo(me, halfShot(strings.Repeat("x", qr.MaxTrace+1)).picture())
				w.photo(me, halfShot("b").picture())
			}, nil, []string{"b"}},
			{"the last three, the newest first", func(w world, me int64) {
				for _, trace := range []string{"a", "b", "c", "d", "e"} {
					w.photo(me, halfShot(trace).picture())
				}
			}, [][]string{{"a"}, {"b", "a"}, {"c", "b", "a"}, {"d", "c", "b"}}, []string{"a", "b", "c", "d", "e"}},
			{"after half an hour to the second", func(w world, me int64) {
				w.photo(me, halfShot("a").picture())
				w.pass(30 * time.Minute)
				w.photo(me, halfShot("b").picture())
			}, [][]string{{"a"}}, []string{"a", "b"}},
			{"a second later", func(w world, me int64) {
				w.photo(me, halfShot("a").picture())
				w.pass(30*time.Minute + time.Second)
				w.photo(me, halfShot("b").picture())
			}, nil, []string{"a", "b"}},
			{"another's", func(w world, me int64) {
				w.photo(w.person(), halfShot("a").picture())
				w.photo(me, halfShot("b").picture())
			}, nil, []string{"a", "b"}},
			{"the very same file", func(w world, me int64) {
				picture := halfShot("a").picture()
				w.photo(me, picture)
				w.photo(me, picture)
			}, nil, []string{"a", "a"}},
			{"a copy that looks the same", func(w world, me int64) {
				w.photo(me, order{Hint: "glare", Trace: "a", Look: aLook}.picture())
				w.photo(me, order{Hint: "glare", Trace: "b", Look: aLook ^ 0b11_1111}.picture())
			}, nil, []string{"a", "b"}},
			{"one bit beyond a copy", func(w world, me int64) {
				w.photo(me, order{Hint: "glare", Trace: "a", Look: aLook}.picture())
				w.photo(me, order{Hint: "glare", Trace: "b", Look: aLook ^ 0b111_1111}.picture())
			}, [][]string{{"a"}}, []string{"a", "b"}},
			{"copies among the earlier ones crowd none out", func(w world, me int64) {
				w.photo(me, order{Hint: "glare", Trace: "a", Look: far}.picture())
				for _, trace := range []string{"b", "c", "d"} {
					w.photo(me, order{Hint: "glare", Trace: trace, Look: aLook}.picture())
				}
				w.film.taken()
				w.photo(me, halfShot("e").picture())
			}, [][]string{{"d", "a"}}, []string{"a", "b", "c", "d", "e"}},
			{"a receipt that was typed", func(w world, me int64) {
				w.photo(me, halfShot("a").picture())
				w.text(me, w.office.good().String())
				w.photo(me, halfShot("b").picture())
			}, nil, []string{"b"}},
			{"a text that is no receipt", func(w world, me int64) {
				w.photo(me, halfShot("a").picture())
				w.text(me, "t=hello")
				w.photo(me, halfShot("b").picture())
			}, [][]string{{"a"}}, []string{"a", "b"}},
			{"a file that cannot be opened", func(w world, me int64) {
				w.photo(me, halfShot("a").picture())
				w.photo(me, `{"error":"format"}`)
			}, nil, []string{"a"}},
		} {
			w.each(tt.name, func(w world) {
				w.forget()
				w.forgetTraces()
				w.film.taken()
				tt.run(w, w.person())
				if got := w.film.taken(); !reflect.DeepEqual(got, tt.want) {
					w.Errorf("handed over %q, want %q", got, tt.want)
				}
				w.left(tt.left...)
			})
		}
	})
}

// TestPhotosOfAnotherCampaignStayApart: what was sent under other terms is not
// put together with what is sent now.
func TestPhotosOfAnotherCampaignStayApart(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		me := w.person()
		w.photo(me, halfShot("a").picture())
		summer := spring()
		summer.Slug = "summer"
		w.pass(time.Minute)
		w.apply(summer)
		w.photo(me, halfShot("b").picture())
		if got := w.film.taken(); got != nil {
			w.Errorf("handed over %q, want nothing", got)
		}
	})
}

// TestTracesAreForgotten: nothing follows a photo, and its trace goes after an
// hour at the latest.
func TestTracesAreForgotten(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		ctx := context.Background()
		r := w.photo(w.person(), halfShot("a").picture())
		forget := func() time.Duration {
			again, err := w.receipts.Forget(ctx, r.ID)
			if err != nil {
				w.Fatal(err)
			}
			return again
		}
		if again := forget(); again != time.Hour {
			w.Errorf("waits %s, want an hour", again)
		}
		w.pass(time.Hour - time.Second)
		if again := forget(); again != time.Second {
			w.Errorf("waits %s, want a second", again)
		}
		w.left("a")
		w.pass(time.Second)
		for range 2 {
			if again := forget(); again != 0 {
				w.Errorf("waits %s, want nothing left to wait for", again)
			}
			w.left()
		}
		var jobs int64
		if err := w.db.Read(ctx).Raw("SELECT COUNT(*) FROM river_job WHERE kind = 'trace_forget'").Scan(&jobs).Error; err != nil || jobs != 1 {
			w.Errorf("%d jobs (%v), want one", jobs, err)
		}
	})
}

// TestSamePhotoStillSaysSo: the same picture leaves its words as they are, and
// now says that another one would help.
func TestSamePhotoStillSaysSo(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		me := w.person()
		picture := order{Hint: "glare", Trace: "a", Look: aLook, Corner: qr.CornerTopRight, Marked: "jpeg"}
		w.photo(me, picture.picture())
		again := w.photo(me, picture.picture())
		w.is(again, receipts.Rejected, receipts.ReasonSame, 0)
		if f := again.Facts; f["again"] != true || f["corner"] != "top_right" || f["hint"] != "glare" || f["marked"] != nil {
			w.Errorf("facts %v", f)
		}
	})
}

// TestHalvesRace: many photos that each complete the first one come at once,
// beside a pasted text of the same receipt: one is paid.
func TestHalvesRace(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		const many = 6
		me, q := w.person(), w.office.good()
		w.photo(me, halfShot("a").picture())
		ids := make([]int64, many)
		for i := range ids {
			o := rest(fmt.Sprint("b", i), "a", q.String())
			if i == many-1 {
				o = halfShot("late")
			}
			ids[i] = w.send(receipts.Submission{ParticipantID: me, Way: receipts.ByPhoto, Picture: []byte(o.picture())}).ID
		}
		var pasted receipts.Receipt
		atOnce(2*many+2, func(i int) {
			switch {
			case i == 2*many:
				pasted = w.text(me, q.String())
			case i > 2*many:
				if _, err := w.receipts.Forget(context.Background(), ids[0]); err != nil {
					w.Error(err)
				}
			default: // every photo by two workers
				if err := w.receipts.Scan(context.Background(), ids[i%many]); err != nil {
					w.Error(err)
				}
			}
		})
		accepted := 0
		for _, id := range append(ids, pasted.ID) {
			r := w.get(id)
			if r.Status == receipts.Checking {
				r = w.check(id)
			}
			switch {
			case r.Status == receipts.Accepted:
				accepted++
			case r.Reason != receipts.ReasonDuplicateOwn && !strings.HasPrefix(r.Reason, "scan."):
				w.Errorf("receipt %d: %s %s", id, r.Status, r.Reason)
			}
		}
		if accepted != 1 || w.balance(me).Available != 80 {
			w.Errorf("%d accepted, %+v; want one and 80", accepted, w.balance(me))
		}
	})
}
