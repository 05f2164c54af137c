package fns_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"promobot/fns"
	"promobot/internal/money"
)

// typedNow is the present of the dirty strings.
var typedNow = time.Date(2026, 6, 20, 12, 0, 0, 0, time.UTC)

// told is what a reading says about every field: the code's text, or the fields
// that are missing, wrong or doubtful.
func told(d fns.Draft, slips []fns.Slip) string {
	var said []string
	missing := d.Missing()
	for _, field := range fns.TypedFields {
		i := slices.IndexFunc(slips, func(s fns.Slip) bool { return s.Field == field })
		switch {
		case i >= 0:
			said = append(said, field+":"+string(slips[i].Problem))
		case slices.Contains(missing, field):
			said = append(said, field+":missing")
		}
	}
	if q, whole := d.QR(); whole && len(said) == 0 {
		return q.String()
	}
	return strings.Join(said, " ")
}

func TestDirtyStringsAreRead(t *testing.T) {
	file, err := os.ReadFile("testdata/typed.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(file)) {
		text, want, found := strings.Cut(strings.TrimSuffix(line, "\n"), " ⇒ ")
		if !found {
			continue
		}
		n++
		text = strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace(text)
		d, slips := fns.ParseTyped(text, typedNow)
		if got := told(d, slips); got != want {
			t.Errorf("%q\n got %s\nwant %s (%+v)", text, got, want, slips)
		}
	}
	if n < 200 {
		t.Errorf("%d strings, want 200 or more", n)
	}
}

// TestAskedFieldIsRead: a bare answer is the field that was asked for, unless it
// can only be another one.
func TestAskedFieldIsRead(t *testing.T) {
	known := fns.Draft{FN: "7380440800123456", Total: 124050}
	day := fns.Draft{Day: time.Date(2026, 6, 14, 0, 0, 0, 0, time.UTC)}
	for _, tt := range []struct {
		name, field, text string
		known             fns.Draft
		want              string
	}{
		{"document", "i", "45871", fns.Draft{}, "FD 45871"},
		{"document with zeros and spaces", "i", " 0000 0458 71 ", fns.Draft{}, "FD 45871"},
		{"document with its label", "i", "ФД: 45871", fns.Draft{}, "FD 45871"},
		{"a short sign", "fp", "312", fns.Draft{}, "FP 312"},
		{"sign in groups", "fp", "2 874 106 593", fns.Draft{}, "FP 2874106593"},
		{"another field than asked, with its label", "fp", "ФД 45871", fns.Draft{}, "FD 45871"},
		{"the drive number whatever was asked", "i", "7380 4408 0012 3456", fns.Draft{}, "FN 7380440800123456"},
		{"drive number one short", "fn", "738044080012345", fns.Draft{}, "fn:digits 15"},
		{"drive number one long", "fn", "7380 4408 0012 34567", fns.Draft{}, "fn:digits 17"},
		{"drive number far too short", "fn", "7380", fns.Draft{}, "fn:digits 4"},
		{"sum", "s", "1240,50", fns.Draft{}, "1240.50"},
		{"sum with a currency", "s", "1240 р", fns.Draft{}, "1240.00"},
		{"sum without kopecks", "s", "1 240", fns.Draft{}, "1240.00 s:no_kopecks [1240.00 12.40]"},
		{"one kopeck", "s", "1", fns.Draft{}, "1.00 s:no_kopecks [1.00 0.01]"},
		{"nothing", "s", "0", fns.Draft{}, "s:sum 1"},
		{"date and time", "t", "14.06.26 1520", fns.Draft{}, "14.06.2026 15:20"},
		{"digits alone", "t", "140626 1520", fns.Draft{}, "14.06.2026 15:20"},
		{"a date alone", "t", "14.06.2026", fns.Draft{}, "t:no_time 8"},
		{"then its time", "t", "15:20", day, "14.06.2026 15:20"},
		{"then its time without a colon", "t", "1520", day, "14.06.2026 15:20"},
		{"then its time with a dot", "t", "10.12", day, "14.06.2026 10:12"},
		{"another date after all", "t", "13.06.2026 10:12", day, "13.06.2026 10:12"},
		{"all five", "i", "14.06.2026 15:20 1240.50 7380440800123456 45871 2874106593", fns.Draft{},
			"14.06.2026 15:20 1240.50 FN 7380440800123456 FD 45871 FP 2874106593"},
		{"the two that lack", "i", "45871 2874106593", known, "1240.50 FN 7380440800123456 FD 45871 FP 2874106593"},
		{"a known one anew", "i", "ФН 9960440300112233", known, "1240.50 FN 9960440300112233"},
		{"a known one badly", "i", "ФН 99", known, "1240.50 fn:digits 2"},
		{"words", "i", "не знаю", known, "1240.50 FN 7380440800123456"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, slips := tt.known.Read(tt.text, tt.field, typedNow)
			if got := drafted(d, slips); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// drafted writes what a draft knows.
func drafted(d fns.Draft, slips []fns.Slip) string {
	var said []string
	if !d.At.IsZero() {
		said = append(said, d.At.Format("02.01.2006 15:04"))
	}
	if d.Total > 0 {
		said = append(said, d.Total.String())
	}
	if d.FN != "" {
		said = append(said, "FN "+d.FN)
	}
	if d.FD > 0 {
		said = append(said, fmt.Sprint("FD ", d.FD))
	}
	if d.FP > 0 {
		said = append(said, fmt.Sprint("FP ", d.FP))
	}
	for _, s := range slips {
		said = append(said, s.Field+":"+string(s.Problem))
		if len(s.Choices) > 0 {
			said = append(said, fmt.Sprint(s.Choices))
		} else {
			said = append(said, fmt.Sprint(s.Digits))
		}
	}
	return strings.Join(said, " ")
}

// TestChoicesAreRead: a choice, taken as the answer, leaves no doubt.
func TestChoicesAreRead(t *testing.T) {
	for _, text := range []string{"сумма 1240", "06.14.2026 15:20", "14.06 15:20", "1240.50 1240.60"} {
		_, slips := fns.ParseTyped(text, typedNow)
		if len(slips) != 1 || len(slips[0].Choices) == 0 {
			t.Fatalf("%q: %+v, want one slip with choices", text, slips)
		}
		for _, choice := range slips[0].Choices {
			if d, more := (fns.Draft{}).Read(choice, slips[0].Field, typedNow); len(more) > 0 || len(d.Missing()) != 4 {
				t.Errorf("%q for %q: %+v %+v, want the field and no doubt", choice, text, d, more)
			}
		}
	}
}

// anyQR draws a receipt without seconds of the last years.
func anyQR(t *rapid.T) fns.QR {
	minutes := rapid.IntRange(0, 9*365*24*60).Draw(t, "minutes before")
	return fns.QR{
		At:    typedNow.Add(-time.Duration(minutes) * time.Minute),
		Total: money.Kopecks(rapid.IntRange(1, 99_999_999).Draw(t, "total")),
		Key: fns.Key{
			FN: fmt.Sprint(rapid.Int64Range(7e15, 99e14+9e13).Draw(t, "fn")),
			FD: rapid.Int64Range(1, 250_000).Draw(t, "fd"),
			FP: rapid.Int64Range(1_000_000, fns.MaxNumber).Draw(t, "fp"),
		},
		Operation: fns.Sale,
	}
}

// TestAnyReceiptIsReadAsItIsTyped: whatever the receipt, in any order with
// labels, in the usual one without, it is the code on the receipt.
func TestAnyReceiptIsReadAsItIsTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := anyQR(t)
		pick := func(name string, ways ...string) string { return rapid.SampledFrom(ways).Draw(t, name) }
		roubles, kopecks := q.Total/100, q.Total%100
		values := []string{
			q.At.Format(pick("date", "02.01.2006 15:04", "02.01.06 15:04", "2006-01-02T15:04", "02/01/2006 15:04", "2.1.2006 15:04")),
			pick("sum", q.Total.String(), fmt.Sprintf("%d,%02d", roubles, kopecks), fmt.Sprintf("%d.%02d руб.", roubles, kopecks)),
			pick("fn", q.FN, q.FN[:4]+" "+q.FN[4:8]+" "+q.FN[8:12]+" "+q.FN[12:], strings.ReplaceAll(q.FN, "0", "O")),
			pick("fd", fmt.Sprint(q.FD), fmt.Sprintf("%010d", q.FD)),
			pick("fp", fmt.Sprint(q.FP), fmt.Sprintf("%010d", q.FP)),
		}
		if rapid.Bool().Draw(t, "labelled") {
			for i, label := range []string{"Дата ", "ИТОГ ", "ФН ", "ФД ", "ФПД "} {
				values[i] = pick("label", label, strings.ToLower(label), strings.TrimSpace(label)+": ") + values[i]
			}
			values = rapid.Permutation(values).Draw(t, "order")
		}
		text := strings.Join(values, pick("separator", "\n", "; ", " \n "))
		d, slips := fns.ParseTyped(text, typedNow)
		if got, whole := d.QR(); !whole || got != q || len(slips) > 0 {
			t.Fatalf("%q: %v %+v, want %v", text, got, slips, q)
		}
	})
}

func FuzzParseTyped(f *testing.F) {
	file, err := os.ReadFile("testdata/typed.txt")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(file)) {
		text, _, _ := strings.Cut(line, " ⇒ ")
		f.Add(text, "")
	}
	f.Add("45871", "i")
	f.Add("14.06.2026", "t")
	f.Fuzz(func(t *testing.T, text, field string) {
		d, slips := fns.Draft{}.Read(text, field, typedNow)
		for _, s := range slips {
			if !slices.Contains(fns.TypedFields[:], s.Field) || s.Problem == "" {
				t.Errorf("%q: slip %+v", text, s)
			}
			if !s.Doubt() && !slices.Contains(d.Missing(), s.Field) {
				t.Errorf("%q: %s is wrong and has a value: %+v", text, s.Field, d)
			}
		}
		q, whole := d.QR()
		if !whole {
			return
		}
		if again, err := fns.ParseQR(q.String()); err != nil || again != q {
			t.Errorf("%q: %v is read as %v (%v)", text, q, again, err)
		}
	})
}
