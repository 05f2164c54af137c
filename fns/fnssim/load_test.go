package fnssim_test

import (
	"encoding/json"
	"html"
	"log/slog"
	"strings"
	"testing"
	"time"

	"promobot/fns/fnssim"
)

// receiptFile holds the receipt of info in the service's form, what is none,
// and one of the phone application.
const receiptFile = `{"content":{"code":3,"fiscalDriveNumber":"7380440800123456","fiscalDocumentNumber":45871,"fiscalSign":2874106593,"operationType":1,"dateTime":1773484920,"totalSum":58740,"userInn":"3600000006  ","retailPlace":"0417","items":[{"name":"Сыр & Ко","price":19979,"quantity":0.294,"sum":5874,"nds":2,"productCode":"RE0EMQ=="},{"name":"Кола","price":52866,"quantity":1,"sum":52866,"paymentType":1,"productType":33,"productCodeNew":{"gs1m":{"rawProductCode":"x"}}}]}}

{"totalSum":100,"dateTime":"2020-09-16"}
not JSON
[{"ticket":{"document":{"receipt":{"fiscalDriveNumber":7380440800123456,"fiscalDocumentNumber":2,"fiscalSign":"3","operationType":1,"dateTime":"2026-03-14T10:42:00","localDateTime":"2026-03-14T10:42","totalSum":100}}}}]
`

func TestLoadSaysWhatItSkips(t *testing.T) {
	var log strings.Builder
	sim := fnssim.New(fnssim.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	loaded, skipped, err := sim.Load(strings.NewReader(receiptFile))
	if err != nil || loaded != 2 || skipped != 2 {
		t.Errorf("loaded %d, skipped %d, %v; want 2 and 2", loaded, skipped, err)
	}
	if text := log.String(); strings.Count(text, "\n") != 2 || !strings.Contains(text, "line=3 reason=\"no code can name it") || !strings.Contains(text, "line=4 reason=") {
		t.Errorf("the log says %s; want lines 3 and 4 with reasons", text)
	}
}

// content asks for a receipt and returns the content of its ticket.
func (c *caller) content(info string) map[string]any {
	c.t.Helper()
	_, sent := c.send("GetTicket", info)
	c.now = c.now.Add(7 * time.Second)
	_, answer := c.call("GetMessageRequest", `<n:MessageId>`+inside(c.t, sent, "MessageId")+`</n:MessageId>`)
	var document struct{ Content map[string]any }
	if err := json.Unmarshal([]byte(html.UnescapeString(inside(c.t, answer, "Ticket"))), &document); err != nil {
		c.t.Fatalf("%s: %v", answer, err)
	}
	return document.Content
}

func TestLoadedFieldsAreServedAsTheyAre(t *testing.T) {
	c, sim := newCaller(t, fnssim.Options{})
	if _, _, err := sim.Load(strings.NewReader(receiptFile)); err != nil {
		t.Fatal(err)
	}
	var want struct{ Content map[string]any }
	official, _, _ := strings.Cut(receiptFile, "\n")
	if err := json.Unmarshal([]byte(official), &want); err != nil {
		t.Fatal(err)
	}
	same(t, c.content(info), want.Content)

	if err := sim.Control([]byte(`{"dialect":"iso","itemsMissing":true}`)); err != nil {
		t.Fatal(err)
	}
	delete(want.Content, "items")
	want.Content["dateTime"] = "2026-03-14T10:42:00"
	same(t, c.content(info), want.Content)
}

// TestLoadedDialectBecomesOfficial sees a phone's receipt in the service's form.
func TestLoadedDialectBecomesOfficial(t *testing.T) {
	c, sim := newCaller(t, fnssim.Options{})
	if _, _, err := sim.Load(strings.NewReader(receiptFile)); err != nil {
		t.Fatal(err)
	}
	other := strings.NewReplacer("58740", "100", "45871", "2", "2874106593", "3").Replace(info)
	same(t, c.content(other), map[string]any{
		"code": 3.0, "fiscalDriveNumber": "7380440800123456", "fiscalDocumentNumber": 2.0, "fiscalSign": 3.0,
		"operationType": 1.0, "totalSum": 100.0, "dateTime": 1773484920.0,
	})
}

func same(t *testing.T, got, want map[string]any) {
	t.Helper()
	a, errA := json.Marshal(got)
	b, errB := json.Marshal(want)
	if errA != nil || errB != nil || string(a) != string(b) {
		t.Errorf("got %s, want %s", a, b)
	}
}
