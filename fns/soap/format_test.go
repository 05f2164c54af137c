package soap

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"promobot/fns"
	"promobot/fns/internal/xmltree"
)

// infoFields are the elements of a request in their fixed order, and what the
// service takes in each.
var infoFields = []struct {
	name string
	form *regexp.Regexp
}{
	{"Sum", regexp.MustCompile(`^[1-9][0-9]{0,14}$`)}, // 281 474 976 710 655 at most: see below
	{"Date", regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3])(:[0-5][0-9]){2}$`)},
	{"Fn", regexp.MustCompile(`^[0-9]{16}$`)},
	{"TypeOperation", regexp.MustCompile(`^[1-4]$`)},
	{"FiscalDocumentId", regexp.MustCompile(`^[1-9][0-9]{0,9}$`)},
	{"FiscalSign", regexp.MustCompile(`^[1-9][0-9]{0,9}$`)},
}

// TestWhateverIsAcceptedIsWellFormed: a code that ParseQR takes, however it was
// written or spoilt, becomes a request in the service's own format; a wrong one
// would be answered with its 503.
func TestWhateverIsAcceptedIsWellFormed(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 3))
	accepted, refused := 0, 0
	for range 8_000 {
		text := someCode(rng)
		if rng.IntN(2) == 0 {
			text = spoil(rng, text)
		}
		q, err := fns.ParseQR(text)
		if err != nil {
			refused++
			continue
		}
		accepted++
		wellFormed(t, text, q)
		again, err := fns.ParseQR(q.String())
		if err != nil || again != q {
			t.Fatalf("%q is %+v and reads again as %+v, %v", text, q, again, err)
		}
	}
	if accepted < 4_000 || refused < 800 {
		t.Errorf("%d accepted and %d refused: the test sees too little of one of them", accepted, refused)
	}
}

func TestEdgesOfTheFormat(t *testing.T) {
	for _, text := range []string{
		"t=20160701T0000&s=0.01&fn=0000000000000001&i=1&fp=1&n=1",
		"t=20240229T235959&s=999999999.99&fn=9999999999999999&i=4294967295&fp=4294967295&n=4",
		"t=20260314T1842Z&s=587,4&fn=7380440800123456&i=0000000007&fp=0000000009",
		"t=20260314T184200&s=587&fn=7380440800123456&i=45871&fp=2874106593&n=2",
	} {
		q, err := fns.ParseQR(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		wellFormed(t, text, q)
	}
}

func wellFormed(t *testing.T, text string, q fns.QR) {
	t.Helper()
	root, err := xmltree.Parse([]byte(sendRequest(q, false)))
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	info := root.Child(soapNS, "Body").Child(asyncNS, "SendMessageRequest").Child(asyncNS, "Message").
		Child(ticketNS, "GetTicketRequest").Child(ticketNS, "GetTicketInfo")
	if len(info.Nodes) != len(infoFields) {
		t.Fatalf("%q: %d elements, want %d", text, len(info.Nodes), len(infoFields))
	}
	for i, field := range infoFields {
		n := info.Nodes[i]
		if !n.Named(ticketNS, field.name) || !field.form.MatchString(n.Text()) {
			t.Fatalf("%q: element %d is %s %q, want a %s in its format", text, i, n.XMLName.Local, n.Text(), field.name)
		}
	}
	if q.Total > 281_474_976_710_655 || q.FD > fns.MaxNumber || q.FP > fns.MaxNumber {
		t.Fatalf("%q: %+v is beyond the service's ranges", text, q)
	}
	if at, err := time.Parse("2006-01-02T15:04:05", info.Nodes[1].Text()); err != nil || !at.Equal(q.At) {
		t.Fatalf("%q: the date %s is not %s", text, info.Nodes[1].Text(), q.At)
	}
}

// someCode writes a receipt's code in one of the ways that tills do.
func someCode(rng *rand.Rand) string {
	at := time.Date(2016, 7, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rng.Int64N(int64(15 * 365 * 24 * time.Hour))))
	layout := []string{"20060102T1504", "20060102T150405", "20060102t1504", "20060102T1504Z"}[rng.IntN(4)]
	sum := fmt.Sprintf([]string{"%d.%02d", "%d,%02d", "%d", "%d.%d"}[rng.IntN(4)], rng.IntN(1_000_000_000), rng.IntN(10))
	sum, _, _ = strings.Cut(sum, "%!")
	fields := []string{
		"t=" + at.Format(layout), "s=" + sum, fmt.Sprintf("fn=%016d", rng.Int64N(1e16)),
		fmt.Sprintf([]string{"i=%d", "i=%010d"}[rng.IntN(2)], 1+rng.Int64N(fns.MaxNumber)),
		fmt.Sprintf([]string{"fp=%d", "fp=%010d"}[rng.IntN(2)], 1+rng.Int64N(fns.MaxNumber)),
	}
	if rng.IntN(3) > 0 {
		fields = append(fields, fmt.Sprintf("n=%d", 1+rng.IntN(4)))
	}
	rng.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	return strings.Join(fields, []string{"&", " & ", "&amp;"}[rng.IntN(3)])
}

// spoil changes a few characters.
func spoil(rng *rand.Rand, text string) string {
	const with = "0123456789&=.,TZ <>\"'-+%٣"
	runes, pool := []rune(text), []rune(with)
	for range 1 + rng.IntN(2) {
		i := rng.IntN(len(runes))
		switch rng.IntN(3) {
		case 0:
			runes[i] = pool[rng.IntN(len(pool))]
		case 1:
			runes = append(runes[:i], runes[i+1:]...)
		default:
			runes = append(runes[:i], append([]rune{pool[rng.IntN(len(pool))]}, runes[i:]...)...)
		}
	}
	return string(runes)
}
