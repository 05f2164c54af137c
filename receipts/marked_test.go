package receipts_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"promobot/internal/notify"
	"promobot/qr"
	"promobot/receipts"
)

// TestFlawIsTold: the facts say where, and whether there is a picture of it.
func TestFlawIsTold(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		ctx := context.Background()
		for _, tt := range []struct {
			name   string
			order  order
			facts  string
			marked string
		}{
			{"nothing is known", order{Hint: "glare"}, "map[]", ""},
			{"a corner", order{Hint: "glare", Corner: qr.CornerBottomLeft}, "map[corner:bottom_left]", ""},
			{"a corner and a picture", order{Hint: "cut", Corner: qr.CornerTopLeft, Marked: "jpeg"}, "map[corner:top_left marked:true]", "jpeg"},
			{"a picture without a corner", order{Hint: "blurred", Marked: "jpeg"}, "map[marked:true]", "jpeg"},
			{"a trace", order{Hint: "blurred", Trace: "a", Corner: qr.CornerTopRight}, "map[again:true corner:top_right]", ""},
			{"a picture that cannot be drawn", order{Hint: "glare", Marked: "error"}, "map[]", ""},
			{"a picture at the limit", order{Hint: "glare", Marked: strings.Repeat("x", 300<<10)}, "map[marked:true]", strings.Repeat("x", 300<<10)},
			{"a byte more", order{Hint: "glare", Marked: strings.Repeat("x", 300<<10+1)}, "map[]", ""},
		} {
			w.each(tt.name, func(w world) {
				r := w.photo(w.person(), tt.order.picture())
				if got := fmt.Sprint(r.Facts); got != tt.facts || r.Reason != "scan."+tt.order.Hint {
					w.Errorf("%s, facts %s, want %s", r.Reason, got, tt.facts)
				}
				marked, err := w.receipts.Marked(ctx, w.db.Read(ctx), r.ID)
				if err != nil || string(marked) != tt.marked {
					w.Errorf("a picture of %d bytes (%v), want %d", len(marked), err, len(tt.marked))
				}
				var n notify.Notice
				if err := w.db.Read(ctx).Take(&n, "subject = ?", receipts.Subject(r.ID)).Error; err != nil {
					w.Fatal(err)
				}
				if n.Args["corner"] != r.Facts["corner"] || n.Args["marked"] != r.Facts["marked"] || n.Args["receipt"] != float64(r.ID) {
					w.Errorf("the notice says %v", n.Args)
				}
			})
		}
		if marked, err := w.receipts.Marked(ctx, w.db.Read(ctx), 999); marked != nil || err != nil {
			w.Errorf("%q, %v for no receipt", marked, err)
		}
	})
}
