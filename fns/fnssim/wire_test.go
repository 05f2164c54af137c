package fnssim_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"promobot/fns/fnssim"
)

const (
	asyncNS  = "urn://x-artefacts-gnivc-ru/inplat/servin/OpenApiAsyncMessageConsumerService/types/1.0"
	ticketNS = "urn://x-artefacts-gnivc-ru/ais3/kkt/KktTicketService/types/1.0"
)

// caller speaks to the simulator without the client, to see what the client
// never does.
type caller struct {
	t          *testing.T
	url, token string
	now        time.Time
}

func newCaller(t *testing.T, o fnssim.Options) (*caller, *fnssim.Sim) {
	c := &caller{t: t, now: time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)}
	o.Clock = func() time.Time { return c.now }
	sim, url := serve(t, o)
	c.url = url
	_, answer := c.post("/open-api/AuthService/0.1", "urn:GetMessageRequest", `<m:GetMessageRequest xmlns:m="urn://x-artefacts-gnivc-ru/inplat/servin/OpenApiMessageConsumerService/types/1.0"><m:Message>`+
		`<a:AuthRequest xmlns:a="urn://x-artefacts-gnivc-ru/ais3/kkt/AuthService/types/1.0"><a:AuthAppInfo><a:MasterToken>`+fnssim.DefaultMasterToken+`</a:MasterToken></a:AuthAppInfo></a:AuthRequest></m:Message></m:GetMessageRequest>`)
	c.token = inside(t, answer, "Token")
	return c, sim
}

func (c *caller) post(path, action, body string) (int, string) {
	c.t.Helper()
	envelope := `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>` + body + `</e:Body></e:Envelope>`
	r, err := http.NewRequestWithContext(c.t.Context(), "POST", c.url+path, strings.NewReader(envelope))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("SOAPAction", `"`+action+`"`)
	r.Header.Set("FNS-OpenApi-Token", c.token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if len(answer.TransferEncoding) == 0 || answer.TransferEncoding[0] != "chunked" {
		c.t.Errorf("the answer is not chunked: %v", answer.TransferEncoding)
	}
	return answer.StatusCode, string(text)
}

func (c *caller) call(name, inner string) (int, string) {
	c.t.Helper()
	return c.post("/open-api/ais3/KktService/0.1", "urn:"+name, `<n:`+name+` xmlns:n="`+asyncNS+`">`+inner+`</n:`+name+`>`)
}

// inside returns the text of an element, whatever its prefix.
func inside(t *testing.T, text, name string) string {
	t.Helper()
	m := regexp.MustCompile(`<(?:\w+:)?` + name + `(?: [^>]*)?>([^<]*)<`).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no %s in %s", name, text)
	}
	return m[1]
}

// send asks for a receipt with the given elements of the info group.
func (c *caller) send(kind, info string) (int, string) {
	c.t.Helper()
	return c.call("SendMessageRequest", `<n:Message><k:`+kind+`Request xmlns:k="`+ticketNS+`"><k:`+kind+`Info>`+info+`</k:`+kind+`Info></k:`+kind+`Request></n:Message>`)
}

const info = `<k:Sum>58740</k:Sum><k:Date>2026-03-14T10:42:00</k:Date><k:Fn>7380440800123456</k:Fn>` +
	`<k:TypeOperation>1</k:TypeOperation><k:FiscalDocumentId>45871</k:FiscalDocumentId><k:FiscalSign>2874106593</k:FiscalSign>`

func TestSendValidatesTheBody(t *testing.T) {
	c, _ := newCaller(t, fnssim.Options{})
	for _, tt := range []struct {
		name, kind, info string
		status           int
		text             string
	}{
		{"whole", "GetTicket", info, 200, "MessageId"},
		{"with RawData", "GetTicket", info + `<k:RawData>false</k:RawData>`, 200, "MessageId"},
		{"check", "CheckTicket", info, 200, "MessageId"},
		{"check with RawData", "CheckTicket", info + `<k:RawData>false</k:RawData>`, 500, "soap:Client"},
		{"wrong order", "GetTicket", strings.Replace(info, `<k:Sum>58740</k:Sum>`, "", 1) + `<k:Sum>58740</k:Sum>`, 500, "Unmarshalling Error"},
		{"no sum", "GetTicket", strings.Replace(info, `<k:Sum>58740</k:Sum>`, "", 1), 500, "Unmarshalling Error"},
		{"sum in roubles", "GetTicket", strings.Replace(info, "58740", "587.40", 1), 500, "Unmarshalling Error"},
		{"too much", "GetTicket", info + `<k:RawData/><k:More/>`, 500, "Unmarshalling Error"},
		{"another service", "GetWeather", info, 500, "отсутствует в списке доступа"},
	} {
		c.now = c.now.Add(time.Second)
		if status, answer := c.send(tt.kind, tt.info); status != tt.status || !strings.Contains(answer, tt.text) {
			t.Errorf("%s: %d %s; want %d with %s", tt.name, status, answer, tt.status, tt.text)
		}
	}
	if status, answer := c.post("/open-api/ais3/KktService/0.1", "urn:GetMessageRequest", `<broken`); status != 500 || !strings.Contains(answer, "soap:Client") {
		t.Errorf("broken XML: %d %s", status, answer)
	}
	if status, answer := c.post("/open-api/ais3/KktService/0.1", "urn:SendMessageRequest", `<n:GetMessageRequest xmlns:n="`+asyncNS+`"/>`); status != 500 || !strings.Contains(answer, "soap:Client") {
		t.Errorf("another SOAPAction: %d %s", status, answer)
	}
	c.token = ""
	if status, answer := c.send("GetTicket", info); status != 500 || !strings.Contains(answer, "заголовки") {
		t.Errorf("no token: %d %s", status, answer)
	}
	c.token = "ffffffffffffffffffffffffffffffff"
	if status, answer := c.send("GetTicket", info); status != 500 || !strings.Contains(answer, "AuthenticationFault") {
		t.Errorf("foreign token: %d %s", status, answer)
	}
}

func TestPollRates(t *testing.T) {
	c, sim := newCaller(t, fnssim.Options{Apps: []fnssim.App{{ID: "other", MasterToken: "other"}}})
	_, answer := c.send("GetTicket", info)
	id := `<n:MessageId>` + inside(t, answer, "MessageId") + `</n:MessageId>`
	refused := func() bool {
		status, answer := c.call("GetMessageRequest", id)
		return status == 500 && strings.Contains(answer, "RateLimitingFault") && strings.Contains(answer, ">429<")
	}
	if refused() || !refused() {
		t.Error("the second poll within a second must be refused, the first not")
	}
	c.now = c.now.Add(999 * time.Millisecond)
	if !refused() {
		t.Error("a poll after 999 ms must be refused")
	}
	for i := range 11 {
		c.now = c.now.Add(time.Second)
		if refused() {
			t.Fatalf("poll %d of 12 is refused", i+2)
		}
	}
	c.now = c.now.Add(time.Second)
	if !refused() {
		t.Error("the thirteenth poll of a minute must be refused")
	}
	c.now = c.now.Add(time.Minute)
	if status, answer := c.call("GetMessageRequest", id); status != 500 || !strings.Contains(answer, "MessageNotFoundFault") {
		t.Errorf("after a minute: %d %s", status, answer)
	}
	if n := sim.Counts().RateFaults; n != 3 {
		t.Errorf("%d rate faults counted, want 3", n)
	}
}

func TestGetMessages(t *testing.T) {
	c, _ := newCaller(t, fnssim.Options{})
	var list []string
	for range 6 {
		_, answer := c.send("CheckTicket", info)
		list = append(list, inside(t, answer, "MessageId"))
	}
	expressions := func(ids ...string) string {
		var b strings.Builder
		for _, id := range ids {
			fmt.Fprintf(&b, `<n:Expressions><n:MessageId>%s</n:MessageId><n:UserToken>x</n:UserToken></n:Expressions>`, id)
		}
		return b.String()
	}
	c.now = c.now.Add(10 * time.Second)
	shuffled := false
	for range 3 {
		status, answer := c.call("GetMessagesRequest", expressions(append(list, "unknown")...))
		if status != 200 || strings.Count(answer, "COMPLETED") != 6 || strings.Count(answer, "<MessageNotFoundFault>") != 1 {
			t.Fatalf("%d %s", status, answer)
		}
		shuffled = shuffled || strings.Index(answer, list[0]) > strings.Index(answer, list[5])
	}
	if !shuffled {
		t.Error("three answers came in the order of the request")
	}
	for _, tt := range []struct{ name, ids, want string }{
		{"duplicates", expressions(list[0], list[0]), "повторяющиеся"},
		{"none", "", "недопустимое количество"},
		{"too many", expressions(numbers(101)...), "недопустимое количество"},
		{"all unknown", expressions("a", "b"), "MessagesNotFoundFault"},
	} {
		if status, answer := c.call("GetMessagesRequest", tt.ids); status != 500 || !strings.Contains(answer, tt.want) {
			t.Errorf("%s: %d %s; want %s", tt.name, status, answer, tt.want)
		}
	}
	for range 2 {
		_, answer := c.call("GetMessagesRequest", expressions(list...))
		shuffled = strings.Contains(answer, "RateLimitingFault")
	}
	if !shuffled {
		t.Error("the sixth batch of a minute must be refused")
	}
}

func TestTokenIsIssuedAgain(t *testing.T) {
	c, _ := newCaller(t, fnssim.Options{})
	again := func() string {
		_, answer := c.post("/open-api/AuthService/0.1", "urn:GetMessageRequest", `<m:GetMessageRequest xmlns:m="urn://x-artefacts-gnivc-ru/inplat/servin/OpenApiMessageConsumerService/types/1.0"><m:Message>`+
			`<a:AuthRequest xmlns:a="urn://x-artefacts-gnivc-ru/ais3/kkt/AuthService/types/1.0"><a:AuthAppInfo><a:MasterToken>`+fnssim.DefaultMasterToken+`</a:MasterToken></a:AuthAppInfo></a:AuthRequest></m:Message></m:GetMessageRequest>`)
		return inside(t, answer, "Token")
	}
	c.now = c.now.Add(39 * time.Minute)
	if again() != c.token {
		t.Error("another token while 21 minutes are left")
	}
	c.now = c.now.Add(time.Minute)
	if again() == c.token {
		t.Error("the same token while 20 minutes are left")
	}
}

func numbers(n int) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprint(i))
	}
	return list
}
