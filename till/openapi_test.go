package till_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"promobot/till"
)

// described is the API's description, read once and found valid.
var described = sync.OnceValues(func() (routers.Router, error) {
	doc, err := document()
	if err != nil {
		return nil, err
	}
	return legacy.NewRouter(doc)
})

func document() (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromFile("openapi.yaml")
	if err != nil {
		return nil, err
	}
	return doc, doc.Validate(context.Background())
}

// agrees holds what came back, and what was asked if it was well done, against
// the description. All tests of this package ask through it.
func agrees(t testing.TB, r *http.Request, asked []byte, got reply) {
	t.Helper()
	router, err := described()
	if err != nil {
		t.Fatal(err)
	}
	plain := r.Clone(context.Background())
	plain.URL.Scheme, plain.URL.Host, plain.Host = "", "", ""
	plain.Body = io.NopCloser(bytes.NewReader(asked))
	route, values, err := router.FindRoute(plain)
	if got.Code == "no_such_address" || got.Code == "method" {
		return // of no route, so the description has none for it
	}
	if err != nil {
		t.Errorf("%s %s is answered with %d and not described: %v", r.Method, r.URL.Path, got.status, err)
		return
	}
	in := &openapi3filter.RequestValidationInput{Request: plain, PathParams: values, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}}
	if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil && got.status == 200 {
		t.Errorf("%s %s was answered and does not follow the description: %v", r.Method, r.URL.Path, err)
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: got.status, Header: got.header, Options: in.Options}
	out.SetBodyBytes([]byte(got.body))
	if err := openapi3filter.ValidateResponse(context.Background(), out); err != nil {
		t.Errorf("%s %s: the answer does not follow the description: %v", r.Method, r.URL.Path, err)
	}
}

func TestTheDescriptionNamesAllAddresses(t *testing.T) {
	doc, err := document()
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			named = append(named, method+" "+strings.TrimPrefix(path, "/"))
		}
	}
	slices.Sort(named)
	want := append(till.Routes(), "GET openapi.yaml")
	slices.Sort(want)
	if !slices.Equal(named, want) {
		t.Errorf("described are %v, the door has %v", named, want)
	}
}

// A test that must be able to fail: an answer with a field too many is found.
func TestTheDescriptionIsStrict(t *testing.T) {
	w := newWorld(t, sqlite(t))
	anna, shop := w.rich(100), w.shop("Чайка")
	body := quoteBody(w.code(anna), 100_00)
	r := shop.request("POST", "quotes", "k", body)
	got := send(t, r).ok(t, "quoted")
	for name, spoiled := range map[string]reply{
		"a field too many": {status: 200, body: strings.Replace(got.body, "{", `{"extra":1,`, 1)},
		"no field":         {status: 200, body: strings.Replace(got.body, `"points":0,`, "", 1)},
		"another status":   {status: 418, body: got.body},
		"another word":     {status: 200, body: strings.Replace(got.body, "quoted", "paid", 1)},
	} {
		spoiled.header = got.header
		quiet := &silent{TB: t}
		if agrees(quiet, r, []byte(body), spoiled); !quiet.failed {
			t.Errorf("%s agrees with the description", name)
		}
	}
}

// silent notes a failure and goes on.
type silent struct {
	testing.TB
	failed bool
}

func (s *silent) Errorf(string, ...any) { s.failed = true }

var codes = regexp.MustCompile(`problem\(http\.\w+, "(\w+)"`)

func TestTheDescriptionNamesAllProblems(t *testing.T) {
	doc, err := document()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("problem.go")
	if err != nil {
		t.Fatal(err)
	}
	defined, named := map[string]bool{}, map[string]bool{}
	for _, match := range codes.FindAllStringSubmatch(string(text), -1) {
		defined[match[1]] = true
	}
	for _, code := range doc.Components.Schemas["Problem"].Value.Properties["code"].Value.Enum {
		named[fmt.Sprint(code)] = true
	}
	if !maps.Equal(defined, named) || len(defined) < 20 {
		t.Errorf("defined %v, described %v", slices.Sorted(maps.Keys(defined)), slices.Sorted(maps.Keys(named)))
	}
	manual, err := os.ReadFile("../docs/till.md")
	if err != nil {
		t.Fatal(err)
	}
	for code := range defined {
		if !strings.Contains(string(manual), "`"+code+"`") {
			t.Errorf("docs/till.md does not name the problem %s", code)
		}
	}
}

func TestTheDescriptionIsServed(t *testing.T) {
	want, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, sqlite(t))
	answer := httptest.NewRecorder()
	w.door.ServeHTTP(answer, httptest.NewRequest("GET", till.Prefix+"openapi.yaml", nil))
	if answer.Code != 200 || answer.Header().Get("Content-Type") != "application/yaml" || answer.Body.String() != string(want) {
		t.Errorf("%d %v", answer.Code, answer.Header())
	}
}
