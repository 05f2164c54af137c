package till

import (
	"encoding/json"
	"testing"
)

// Whatever a stranger sends, it is refused or says one thing only: what was
// read, written down and read again, is the same.
func FuzzReadQuote(f *testing.F) {
	for _, body := range []string{
		`{"code":"1234 5678","order":"1","items":[{"price_kopecks":100,"quantity":1,"discountable":false}]}`,
		`{"code":"1","code":"2"}`, `{"Code":"1"}`, `{"items":[[[[[[[[[]]]]]]]]]}`, `{"items":null}`, `{"order":"\ud800"}`, `{} {}`, `[`, ``, "\xff",
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		in, err := readQuote(body)
		if err != nil {
			return
		}
		text, err := json.Marshal(map[string]any{"code": in.Code, "order": in.Order})
		if err != nil {
			t.Fatal(err)
		}
		var again quoteRequest
		if err := decode(text, &again); err != nil || again.Code != in.Code || again.Order != in.Order {
			t.Errorf("%q and %q, then %q and %q (%v)", in.Code, in.Order, again.Code, again.Order, err)
		}
	})
}
