package till_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"promobot/till"
)

// The example of docs/till.md, which openssl has signed.
func TestTheDocumentedExampleIsSignedRight(t *testing.T) {
	text, err := os.ReadFile("../docs/till.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`SECRET=([0-9a-f]{64})`).FindSubmatch(text)
	if found == nil {
		t.Fatal("docs/till.md shows no secret")
	}
	got := till.Sign(string(found[1]), "POST", "/till/v1/quotes/17/hold", "1772712000", "1-77/hold", []byte(`{"points":400}`))
	if !strings.Contains(string(text), "`"+got+"`") {
		t.Errorf("signed %s, docs/till.md says otherwise", got)
	}
}

// Every part of a request is signed, and no two requests are signed as one.
func TestEveryPartIsSigned(t *testing.T) {
	seen := map[string][]string{}
	for _, parts := range [][]string{
		{"s", "POST", "/a", "1", "k", "b"}, {"t", "POST", "/a", "1", "k", "b"}, {"s", "GET", "/a", "1", "k", "b"}, {"s", "POST", "/b", "1", "k", "b"},
		{"s", "POST", "/a", "2", "k", "b"}, {"s", "POST", "/a", "1", "", "b"}, {"s", "POST", "/a", "1", "k", ""}, {"s", "POST", "/a1", "", "k", "b"},
		{"s", "POST", "/a", "1k", "", "b"},
	} {
		signed := till.Sign(parts[0], parts[1], parts[2], parts[3], parts[4], []byte(parts[5]))
		if other, twice := seen[signed]; twice || !strings.HasPrefix(signed, "v1=") || len(signed) != 67 {
			t.Errorf("%v is signed %s, as %v", parts, signed, other)
		}
		seen[signed] = parts
	}
}
