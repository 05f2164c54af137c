package fnssim_test

import (
	"strings"
	"testing"

	"promobot/fns/fnssim"
)

// goWords are what only a programmer of this very program would understand.
var goWords = []string{"json:", "Go ", "fnssim.", "strconv", "int64", "map[", "parsing time"}

// refusedPlainly sends a body and expects 400 with all the words and none of
// the program's own.
func refusedPlainly(t *testing.T, method, url, body string, words ...string) {
	t.Helper()
	status, answer := put(t, method, url, body)
	if status != 400 {
		t.Errorf("%s: %d %s; want 400", body, status, answer)
	}
	for _, word := range words {
		if !strings.Contains(answer, word) {
			t.Errorf("%s: %s; want %q in it", body, answer, word)
		}
	}
	for _, word := range goWords {
		if strings.Contains(answer, word) {
			t.Errorf("%s: %s; %q is nobody's word", body, answer, word)
		}
	}
}

func TestControlSaysWhatASwitchTakes(t *testing.T) {
	_, url := serve(t, fnssim.Options{})
	for body, words := range map[string][]string{
		`[]`:                           {"JSON object of switches"},
		`{"latencyy":"1s"}`:            {"latencyy", "unknown", "stuckProcessing"},
		`{"latency":"fast"}`:           {"latency", "fast", "1h30m", "75d", "seconds"},
		`{"storeDepth":"1d12h"}`:       {"storeDepth", "75d"},
		`{"storeDepth":"NaNd"}`:        {"storeDepth"},
		`{"storeDepth":1e10}`:          {"storeDepth", "seconds"},
		`{"slowBody":"long"}`:          {"slowBody", "ten seconds"},
		`{"http429":2}`:                {"http429", "from 0 to 1"},
		`{"fault":"internal,unknown"}`: {"fault", "unknown", "methodQuota", "otherReceipt", "http502", "code503", "name@rate"},
		`{"fault":"internal@7"}`:       {"fault", "internal@7", "rate from 0 to 1"},
		`{"fault":7}`:                  {"fault", "methodQuota"},
		`{"dialect":"klingon"}`:        {"dialect", "klingon", "prefix", "reference", "cdata", "dateTime", "iso"},
		`{"dialect":{"dateTime":7}}`:   {"dialect", "dateTime", "iso"},
		`{"invent":"yes"}`:             {"invent", "yes", "true or false"},
		`{"quotaLeft":-1}`:             {"quotaLeft", "whole number"},
		`{"dayQuota":1.5}`:             {"dayQuota", "whole number"},
		`{"sendPerSecond":"many"}`:     {"sendPerSecond", "many"},
	} {
		refusedPlainly(t, "PUT", url+"/control", body, words...)
	}
}

func TestMintSaysWhichFieldIsWrong(t *testing.T) {
	_, url := serve(t, fnssim.Options{})
	for body, words := range map[string][]string{
		`[1]`:                       {"not an object", "items", "sum"},
		`{"summ":1}`:                {"summ", "unknown", "stored"},
		`{"sum":587.4}`:             {"sum", "587.4", "kopecks"},
		`{"sum":-1}`:                {"sum", "-1"},
		`{"sum":"-1.00"}`:           {"sum", "-1.00"},
		`{"sum":"много"}`:           {"sum", "много", "roubles"},
		`{"sum":"99999999999"}`:     {"sum: "},
		`{"at":"вчера"}`:            {"at: ", "2026-03-14T18:42"},
		`{"at":1773513720}`:         {"at: ", "2026-03-14T18:42"},
		`{"at":"2016-06-30T10:00"}`: {"at: before the first fiscal receipt"},
		`{"operation":5}`:           {"operation", "sale return"},
		`{"operation":"sale"}`:      {"operation", "sale return"},
		`{"genuine":"no"}`:          {"genuine", "true or false"},
		`{"items":{"sum":1}}`:       {"items", "list"},
		`{"items":[7]}`:             {"items: line 1", "price"},
		`{"items":[{"sum":1},{"name":"Кола"}]}`:        {"items: line 2", "neither price nor sum"},
		`{"items":[{"sum":1,"prise":1}]}`:              {"items: line 1: prise", "price"},
		`{"items":[{"name":7,"sum":1}]}`:               {"name", "a text"},
		`{"items":[{"gtin":"4609990000013","sum":1}]}`: {"gtin", "check digit"},
		`{"items":[{"sum":1,"quantity":-1}]}`:          {"quantity", "-1"},
		`{"items":[{"sum":1,"quantity":"two"}]}`:       {"quantity", "two"},
		`{"items":[{"sum":200000000000000}]}`:          {"milliard"},
		`{"sum":"10","items":[{"sum":"10.01"}]}`:       {"sum: ", "cost 10.01", "10.00"},
	} {
		refusedPlainly(t, "POST", url+"/control/mint", body, words...)
	}
	if status, answer := put(t, "POST", url+"/control/mint", `{"sum":null,"items":[{"name":"Подарок","sum":0},{"name":"Кола","price":"60"}]}`); status != 200 || !strings.Contains(answer, "s=60.00&") {
		t.Errorf("a line that costs nothing: %d %s", status, answer)
	}
}

// TestLimitsAreSwitches lets one send a second through, then two a day.
func TestLimitsAreSwitches(t *testing.T) {
	c, sim := newCaller(t, fnssim.Options{})
	control := func(text string) {
		t.Helper()
		if err := sim.Control([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	refused := func(want string) {
		t.Helper()
		if _, answer := c.send("GetTicket", info); !strings.Contains(answer, want) {
			t.Errorf("%s; want %s", answer, want)
		}
	}
	control(`{"sendPerSecond":1}`)
	refused("MessageId")
	refused("RateLimitingFault")
	control(`{"sendPerSecond":null,"dayQuota":3}`)
	refused("MessageId") // the third of the day: refused ones count
	refused("дневной лимит")
	control(`{"dayQuota":null}`)
	refused("MessageId")
}
