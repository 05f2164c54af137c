package fns_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"promobot/fns"
)

const canonical = "t=20260314T1842&s=587.40&fn=7380440800123456&i=45871&fp=2874106593&n=1"

// sample is what canonical says.
func sample() fns.QR {
	return fns.QR{
		Key:       fns.Key{FN: "7380440800123456", FD: 45871, FP: 2874106593},
		Operation: fns.Sale,
		At:        time.Date(2026, 3, 14, 18, 42, 0, 0, time.UTC),
		Total:     587_40,
	}
}

func TestParseQRAccepts(t *testing.T) {
	change := func(f func(*fns.QR)) fns.QR {
		q := sample()
		f(&q)
		return q
	}
	replace := func(from, to string) string { return strings.Replace(canonical, from, to, 1) }
	seconds := change(func(q *fns.QR) { q.At = q.At.Add(33 * time.Second) })
	for _, tt := range []struct {
		name, text string
		want       fns.QR
	}{
		{"canonical", canonical, sample()},
		{"seconds", replace("1842", "184233"), seconds},
		{"zero seconds", replace("1842", "184200"), sample()},
		{"time ends in Z", replace("1842", "184233Z"), seconds},
		{"small t", replace("T1842", "t1842"), sample()},
		{"midnight", replace("T1842", "T0000"), change(func(q *fns.QR) { q.At = q.At.Truncate(24 * time.Hour) })},
		{"leap day", replace("20260314", "20240229"), change(func(q *fns.QR) { q.At = time.Date(2024, 2, 29, 18, 42, 0, 0, time.UTC) })},
		{"the first fiscal day", replace("20260314T1842", "20160701T0000"), change(func(q *fns.QR) { q.At = time.Date(2016, 7, 1, 0, 0, 0, 0, time.UTC) })},
		{"one decimal", replace("587.40", "587.4"), sample()},
		{"no decimals", replace("587.40", "587"), change(func(q *fns.QR) { q.Total = 587_00 })},
		{"round hundred without a dot", replace("587.40", "100"), change(func(q *fns.QR) { q.Total = 100_00 })},
		{"comma", replace("587.40", "587,40"), sample()},
		{"one kopeck", replace("587.40", "0.01"), change(func(q *fns.QR) { q.Total = 1 })},
		{"nine digits of roubles", replace("587.40", "999999999.99"), change(func(q *fns.QR) { q.Total = 999_999_999_99 })},
		{"leading zeros", "t=20260314T1842&s=587.40&fn=7380440800123456&i=0000045871&fp=0123456789&n=1",
			change(func(q *fns.QR) { q.FP = 123456789 })},
		{"greatest sign", replace("2874106593", "4294967295"), change(func(q *fns.QR) { q.FP = 4294967295 })},
		{"other order", "fn=7380440800123456&fp=2874106593&i=45871&n=1&s=587.40&t=20260314T1842", sample()},
		{"capital names", "T=20260314T1842&S=587.40&FN=7380440800123456&I=45871&FP=2874106593&N=1", sample()},
		{"no operation", replace("&n=1", ""), sample()},
		{"sale return", replace("n=1", "n=2"), change(func(q *fns.QR) { q.Operation = fns.SaleReturn })},
		{"expense return", replace("n=1", "n=4"), change(func(q *fns.QR) { q.Operation = fns.ExpenseReturn })},
		{"trailing spaces and newline", canonical + " \r\n", sample()},
		{"byte order mark", "\uFEFF" + canonical, sample()},
		{"space before &", strings.ReplaceAll(canonical, "&", " &\t"), sample()},
		{"link with all fields", "https://check.ofd.ru/rec?" + canonical, sample()},
		{"&amp;", strings.ReplaceAll(canonical, "&", "&amp;"), sample()},
		{"percent-encoded whole", strings.NewReplacer("=", "%3D", "&", "%26").Replace(canonical), sample()},
		{"percent-encoded link", "https%3A%2F%2Fcheck.ofd.ru%2Frec%3F" + strings.NewReplacer("=", "%3D", "&", "%26").Replace(canonical), sample()},
		{"only & percent-encoded", strings.ReplaceAll(canonical, "&", "%26"), sample()},
		{"percent-encoded value", replace("587.40", "587%2C40"), sample()},
		{"other fields", canonical + "&utm=x&crc=12&utm=y", sample()},
		{"an encoded & in another field", canonical + "&utm=a%26fn%3D1", sample()},
		{"same field twice, same value", canonical + "&n=1", sample()},
		{"trailing &", canonical + "&", sample()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := fns.ParseQR(tt.text)
			if err != nil || got != tt.want {
				t.Errorf("got %v, %v; want %v", got, err, tt.want)
			}
		})
	}
}

func TestParseQRRefusesFields(t *testing.T) {
	for _, tt := range []struct{ name, from, to, field string }{
		{"no time", "t=20260314T1842&", "", "t"},
		{"no total", "s=587.40&", "", "s"},
		{"no drive", "fn=7380440800123456&", "", "fn"},
		{"no document", "i=45871&", "", "i"},
		{"no sign", "fp=2874106593&", "", "fp"},
		{"impossible date", "20260314", "20260230", "t"},
		{"no leap year", "20260314", "20260229", "t"},
		{"24 o'clock", "T1842", "T2400", "t"},
		{"minute 60", "T1842", "T1860", "t"},
		{"second 60", "T1842", "T184260", "t"},
		{"five digits of time", "T1842", "T18421", "t"},
		{"three digits of time", "T1842", "T142", "t"},
		{"date only", "T1842", "", "t"},
		{"one minute before the first day", "20260314T1842", "20160630T2359", "t"},
		{"zero total", "587.40", "0.00", "s"},
		{"negative total", "587.40", "-587.40", "s"},
		{"three decimals", "587.40", "587.400", "s"},
		{"ten digits of roubles", "587.40", "1000000000", "s"},
		{"two separators", "587.40", "1.587,40", "s"},
		{"empty total", "587.40", "", "s"},
		{"Arabic digits in total", "587.40", "٥٨٧.40", "s"},
		{"fifteen digits of drive", "7380440800123456", "738044080012345", "fn"},
		{"seventeen digits of drive", "7380440800123456", "73804408001234567", "fn"},
		{"full-width digit in drive", "7380440800123456", "738044080012345６", "fn"},
		{"document zero", "i=45871", "i=0", "i"},
		{"document beyond 32 bits", "i=45871", "i=4294967296", "i"},
		{"document with a plus", "i=45871", "i=+5871", "i"},
		{"eleven digits of document", "i=45871", "i=00000045871", "i"},
		{"sign zero", "2874106593", "0000000000", "fp"},
		{"sign beyond 32 bits", "2874106593", "4294967296", "fp"},
		{"Devanagari digit in sign", "2874106593", "287410659३", "fp"},
		{"operation zero", "n=1", "n=0", "n"},
		{"operation five", "n=1", "n=5", "n"},
		{"operation empty", "n=1", "n=", "n"},
		{"operation of two digits", "n=1", "n=01", "n"},
		{"drive given twice", "&n=1", "&n=1&fn=7380440800123457", "fn"},
		{"total given twice in other spelling", "&n=1", "&n=1&S=587.4", "s"},
		{"newline inside", "&i=", "\n&i=", ""},
		{"group separator inside", "&n=1", "&x=\x1d&n=1", ""},
		{"encoded twice", "587.40", "587%252C40", "s"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(canonical, tt.from, tt.to, 1)
			got, err := fns.ParseQR(text)
			var field *fns.FieldError
			if !errors.Is(err, fns.ErrInvalid) || !errors.As(err, &field) || field.Field != tt.field {
				t.Fatalf("%q: got %v, %v; want a refusal of %q", text, got, err, tt.field)
			}
			if got != (fns.QR{}) {
				t.Errorf("a refused code left %v", got)
			}
		})
	}
}

func TestParseQRRefusesOtherCodes(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       error
	}{
		{"empty", "", fns.ErrNotReceipt},
		{"spaces", " \n ", fns.ErrNotReceipt},
		{"words", "спасибо за покупку", fns.ErrNotReceipt},
		{"payment", "ST00012|Name=ООО Пример|PersonalAcc=40702810000000000001|Sum=58740", fns.ErrNotReceipt},
		{"menu", "https://menu.example/table?t=12", fns.ErrNotReceipt},
		{"marking", "0104609990000012215aB?c1D2e3F4g\x1d93abcd", fns.ErrNotReceipt},
		{"excise", "22N00001CVUVJ9K9RBZ5T4D80108017000012HNRYUSXTW", fns.ErrNotReceipt},
		{"Kazakhstan", "http://consumer.oofd.example/?i=1234567890&f=010101234567&s=13507.0&t=20260314T184200", fns.ErrNotReceipt},
		{"Uzbekistan", "https://soliq.example/check?t=UZ000000000000&r=12&c=20260314184200&s=123456789012", fns.ErrNotReceipt},
		{"Kyrgyzstan", "https://tax.example/ticket?date=20260314T184200&type=3&operation_type=1&fn_number=1&fd_number=2&fm=3&sum=100", fns.ErrNotReceipt},
		{"longer than any code", canonical + "&x=" + strings.Repeat("x", 5000), fns.ErrNotReceipt},
		{"operator's path", "https://receipt.example/rec/3600000006/0001234567012345/7380440800123456/45871/2874106593", fns.ErrIncomplete},
		{"operator's short path", "https://receipt.example/7380440800123456/45871/2874106593/", fns.ErrIncomplete},
		{"operator's id", "https://receipt.example/show?id=5f3a", fns.ErrIncomplete},
		{"operator's own form", "https://lk.ofd.example/r/abc", fns.ErrIncomplete},
		{"key without time and total", "https://receipt.example/?fn=7380440800123456&i=45871&fp=2874106593", fns.ErrIncomplete},
		{"broken percent sign", "t%3D2026%ZZ", fns.ErrNotReceipt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := fns.ParseQR(tt.text); !errors.Is(err, tt.want) {
				t.Errorf("got %v, %v; want %v", got, err, tt.want)
			}
		})
	}
}

func TestQRText(t *testing.T) {
	q := sample()
	if got := q.String(); got != canonical {
		t.Errorf("got %s, want %s", got, canonical)
	}
	q.At = q.At.Add(5 * time.Second)
	if got, want := q.String(), strings.Replace(canonical, "1842", "184205", 1); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if !q.Minute().Equal(sample().At) {
		t.Errorf("minute %s, want %s", q.Minute(), sample().At)
	}
}

func FuzzParseQR(f *testing.F) {
	for _, text := range []string{
		canonical,
		"https://check.ofd.ru/rec?" + canonical,
		strings.NewReplacer("=", "%3D", "&", "%26").Replace(canonical),
		strings.ReplaceAll(canonical, "&", " &amp;"),
		"T=20260314T184233Z&S=587,4&FN=7380440800123456&I=0045871&FP=01&utm=%26",
		"https://receipt.example/7380440800123456/45871/2874106593/",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := fns.ParseQR(text)
		if err != nil {
			return
		}
		again, err := fns.ParseQR(q.String())
		if err != nil || again != q {
			t.Errorf("%q: read as %v, written and read again as %v, %v", text, q, again, err)
		}
	})
}

func ExampleParseQR() {
	q, err := fns.ParseQR("https://check.ofd.ru/rec?fn=7380440800123456&fp=2874106593&i=0045871&s=587,4&t=20260314T184233")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(q)
	fmt.Println(q.Key, q.Total, q.Operation, q.Minute().Format(time.DateTime))
	// Output:
	// t=20260314T184233&s=587.40&fn=7380440800123456&i=45871&fp=2874106593&n=1
	// 7380440800123456/45871/2874106593 587.40 sale 2026-03-14 18:42:00
}
