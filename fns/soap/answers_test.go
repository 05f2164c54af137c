package soap_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"promobot/fns"
	"promobot/fns/fnssim"
	"promobot/fns/soap"
)

const sampleCode = "t=20260314T1842&s=587.40&fn=7380440800123456&i=45871&fp=2874106593&n=1"

func sampleQR(t *testing.T) fns.QR {
	t.Helper()
	q, err := fns.ParseQR(sampleCode)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// stranger is a service that answers every call but authentication with one
// answer, written by hand.
type stranger struct {
	url    string
	auths  atomic.Int32
	calls  atomic.Int32
	answer func(w http.ResponseWriter, r *http.Request, body string)
}

func newStranger(t *testing.T, auth string, answer func(w http.ResponseWriter, r *http.Request, body string)) *stranger {
	t.Helper()
	s := &stranger{answer: answer}
	authText := file(t, auth)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if strings.HasPrefix(r.URL.Path, "/open-api/AuthService") {
			s.auths.Add(1)
			fmt.Fprint(w, authText)
			return
		}
		s.calls.Add(1)
		s.answer(w, r, string(body))
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *stranger) client() *soap.Client {
	return soap.NewClient(soap.Config{BaseURL: s.url + "/", MasterToken: masterToken})
}

// says answers with a text and a status.
func says(status int, text string) func(http.ResponseWriter, *http.Request, string) {
	return func(w http.ResponseWriter, _ *http.Request, _ string) {
		w.WriteHeader(status)
		fmt.Fprint(w, text)
	}
}

func TestAnswersOfStrangers(t *testing.T) {
	for _, tt := range []struct {
		name  string
		state fns.State
	}{
		{"found-reference.xml", fns.Found},
		{"found-cdata.xml", fns.Found},
		{"found-other-code.xml", fns.Found},
		{"found-unqualified.xml", fns.Found},
		{"processing.xml", fns.Pending},
		{"forged.xml", fns.Forged},
	} {
		for _, auth := range []string{"auth.xml", "auth-other-prefixes.xml"} {
			s := newStranger(t, auth, says(200, file(t, tt.name)))
			a, err := s.client().Poll(t.Context(), "6f0f2f0e-3c7b-4f54-9a77-5d0e9b1c2a31")
			if err != nil || a.State != tt.state {
				t.Errorf("%s: got %+v, %v; want %v", tt.name, a, err, tt.state)
				continue
			}
			if a.State != fns.Found {
				continue
			}
			if err := fns.Agree(sampleQR(t), a.Ticket); err != nil || a.Ticket.Items[0].Name != `Сыр "<Соль & перец>"` {
				t.Errorf("%s: %v, %+v", tt.name, err, a.Ticket)
			}
		}
	}
}

func TestRequestAsTheReferenceHasIt(t *testing.T) {
	var got string
	header := make(http.Header)
	s := newStranger(t, "auth.xml", func(w http.ResponseWriter, r *http.Request, body string) {
		got, header = body, r.Header.Clone()
		fmt.Fprint(w, file(t, "sent.xml"))
	})
	id, err := s.client().Send(t.Context(), sampleQR(t))
	if err != nil || id != "6f0f2f0e-3c7b-4f54-9a77-5d0e9b1c2a31" {
		t.Fatalf("got %q, %v", id, err)
	}
	want := "<tns:GetTicketInfo><tns:Sum>58740</tns:Sum><tns:Date>2026-03-14T18:42:00</tns:Date><tns:Fn>7380440800123456</tns:Fn>" +
		"<tns:TypeOperation>1</tns:TypeOperation><tns:FiscalDocumentId>45871</tns:FiscalDocumentId><tns:FiscalSign>2874106593</tns:FiscalSign></tns:GetTicketInfo>"
	if !strings.Contains(got, want) || strings.Contains(got, "GeoInfo") {
		t.Errorf("the request is %s", got)
	}
	for name, want := range map[string]string{
		"Content-Type": "text/xml;charset=UTF-8", "SOAPAction": `"urn:SendMessageRequest"`,
		"FNS-OpenApi-Token": "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "FNS-OpenApi-UserToken": "",
	} {
		if header.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, header.Get(name), want)
		}
	}
}

// faultText is a fault as some other service may write it.
func faultText(code, text, detail string) string {
	return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>` + code + `</faultcode><faultstring xml:lang="ru">` + text +
		`</faultstring><detail>` + detail + `</detail></s:Fault></s:Body></s:Envelope>`
}

func kind(err error) string {
	var quota *fns.QuotaError
	var rate *fns.RateError
	var access *fns.AccessError
	var temporary *fns.TemporaryError
	switch {
	case errors.Is(err, fns.ErrMessageGone):
		return "gone"
	case errors.As(err, &quota):
		return "quota"
	case errors.As(err, &rate):
		return "rate"
	case errors.As(err, &access):
		return "access"
	case errors.As(err, &temporary) && temporary.Answered:
		return "answered"
	case errors.As(err, &temporary):
		return "temporary"
	}
	return fmt.Sprint(err)
}

func TestFaults(t *testing.T) {
	const ns = `xmlns="urn://x-artefacts-gnivc-ru/inplat/servin/OpenApiAsyncMessageConsumerService/types/1.0"`
	for _, tt := range []struct{ name, code, text, detail, want string }{
		{"timeout", "soap:Server", "Произошел timeout ожидания ответа", "", "temporary"},
		{"unmarshalling", "soap:Client", "Unmarshalling Error: unexpected element", "", "answered"},
		{"address", "soap:Server", "Доступ к сервису для переданного IP,  запрещён", "", "access"},
		{"token by detail", "soap:Server", "нет", `<AuthenticationFault ` + ns + `/>`, "access"},
		{"token by text", "soap:Server", "Доступ к сервису для token запрещен", "", "access"},
		{"headers", "soap:Server", "Не удалось обнаружить требуемые заголовки в переданном запросе", "", "access"},
		{"method", "soap:Server", "Метод GetTicketRequest отсутствует в списке доступа для переданного токена", "", "access"},
		{"day quota", "soap:Server", "Превышен общий дневной лимит запросов, приложением 42", "", "quota"},
		{"method quota", "soap:Server", "Превышен лимит 'Запросов в день' метода GetMessage, сервиса KktService", "", "quota"},
		{"older method quota", "soap:Server", "ПРЕВЫШЕН ЛИМИТ ЗАПРОСОВ МЕТОДА GetMessage", "", "quota"},
		{"rate by detail", "soap:Server", "", `<x:RateLimitingFault xmlns:x="urn:any"><x:errorCode>429</x:errorCode></x:RateLimitingFault>`, "rate"},
		{"rate by text", "soap:Server", "Превышено количество запросов метода GetMessage по уникальному MessageID. Повторите запрос позже.", "", "rate"},
		{"gone by detail", "soap:Server", "", `<MessageNotFoundFault/>`, "gone"},
		{"gone by text", "soap:Server", "По переданному MessageId: 6f0f2f0e сообщение не найдено", "", "gone"},
		{"internal", "soap:Server", "Произошла внутренняя ошибка 3f0c9a52. При повторении ошибки обратитесь в службу технической поддержки.", "", "temporary"},
		{"never seen", "soap:Server", "Что-то новое", "<SomethingNew/>", "temporary"},
		{"empty", "", "", "", "temporary"},
	} {
		for _, status := range []int{500, 200} {
			s := newStranger(t, "auth.xml", says(status, faultText(tt.code, tt.text, tt.detail)))
			_, err := s.client().Poll(t.Context(), "id")
			if got := kind(err); got != tt.want {
				t.Errorf("%s, HTTP %d: %v (%s), want %s", tt.name, status, err, got, tt.want)
			}
		}
	}
}

func TestBrokenAnswers(t *testing.T) {
	found := file(t, "found-reference.xml")
	for _, tt := range []struct {
		name   string
		status int
		text   string
		want   string
	}{
		{"nothing", 200, "", "temporary"},
		{"HTML", 200, "<html><body>ok</body></html>", "temporary"},
		{"cut", 200, found[:len(found)-100], "temporary"},
		{"JSON cut", 200, strings.Replace(found, "}}</ns2:Ticket>", "</ns2:Ticket>", 1), "answered"},
		{"no ticket", 200, found[:strings.Index(found, "<ns2:Ticket>")] + found[strings.Index(found, "</ns2:Result>"):], "answered"},
		{"HTML for a ticket", 200, inTicket(found, "&lt;html&gt;"), "answered"},
		{"document of another code", 200, inTicket(found, `{"content":{"code":31,"totalSum":58740,"dateTime":1773513720}}`), "answered"},
		{"no totals", 200, inTicket(found, `{"content":{"code":3,"dateTime":1773513720}}`), "answered"},
		{"impossible quantity", 200, inTicket(found, `{"content":{"totalSum":58740,"dateTime":1773513720,"items":[{"sum":1,"quantity":-1}]}}`), "answered"},
		{"one line for a list", 200, inTicket(found, `{"content":{"totalSum":58740,"dateTime":1773513720,"items":{"sum":1}}}`), "answered"},
		{"no code", 200, strings.Replace(found, "<ns2:Code>200</ns2:Code>", "", 1), "answered"},
		{"code is a word", 200, strings.Replace(found, ">200<", ">OK<", 1), "answered"},
		{"unknown status", 200, strings.Replace(found, "COMPLETED", "FORGOTTEN", 1), "temporary"},
		{"answer to another question", 200, file(t, "sent.xml"), "temporary"},
		{"fault in the payload", 200, file(t, "payload-fault.xml"), "answered"},
		{"endless", 200, strings.Repeat(" ", 9<<20), "temporary"},
		{"a good answer with 500", 500, found, "temporary"},
		{"bad gateway", 502, "<html>", "temporary"},
		{"unavailable", 503, "", "temporary"},
		{"forbidden", 403, "<html>", "access"},
		{"wrong address", 404, "", "access"},
		{"redirect", 302, "", "temporary"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStranger(t, "auth.xml", says(tt.status, tt.text))
			_, err := s.client().Poll(t.Context(), "id")
			if got := kind(err); got != tt.want {
				t.Errorf("%v (%s), want %s", err, got, tt.want)
			}
			if n := s.calls.Load(); n != 1 {
				t.Errorf("%d calls, want 1", n)
			}
		})
	}
}

// inTicket puts another text into the ticket of an answer.
func inTicket(answer, text string) string {
	const open, shut = "<ns2:Ticket>", "</ns2:Ticket>"
	return answer[:strings.Index(answer, open)+len(open)] + text + answer[strings.Index(answer, shut):]
}

// TestUnreadableRequest sees that a send which the service cannot read is the
// matter of its receipt alone, while an authentication is everybody's.
func TestUnreadableRequest(t *testing.T) {
	w := newWorld(t)
	q := w.mint(fnssim.Order{})
	w.send(q)
	w.control(`{"fault":"unmarshal"}`)
	if _, err := w.client.Send(t.Context(), q); kind(err) != "answered" {
		t.Errorf("send: %v (%s), want it answered", err, kind(err))
	}
	if _, err := soap.NewClient(w.config).Send(t.Context(), q); kind(err) != "access" {
		t.Errorf("authenticate: %v (%s), want access", err, kind(err))
	}
	w.control(`{"fault":null}`)
	w.found(q)
}

func TestTokenFaultIsRepeatedOnce(t *testing.T) {
	s := newStranger(t, "auth.xml", nil)
	s.answer = func(w http.ResponseWriter, r *http.Request, body string) {
		if s.calls.Load() == 1 {
			says(500, file(t, "fault-token.xml"))(w, r, body)
			return
		}
		says(200, file(t, "processing.xml"))(w, r, body)
	}
	if a, err := s.client().Poll(t.Context(), "id"); err != nil || a.State != fns.Pending {
		t.Errorf("got %+v, %v; want pending", a, err)
	}
	if s.auths.Load() != 2 || s.calls.Load() != 2 {
		t.Errorf("%d authentications and %d calls, want 2 and 2", s.auths.Load(), s.calls.Load())
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	var stolen atomic.Int32
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { stolen.Add(1) }))
	t.Cleanup(thief.Close)
	s := newStranger(t, "auth.xml", func(w http.ResponseWriter, r *http.Request, _ string) {
		http.Redirect(w, r, thief.URL, http.StatusTemporaryRedirect)
	})
	if _, err := s.client().Poll(t.Context(), "id"); kind(err) != "temporary" || stolen.Load() != 0 {
		t.Errorf("got %v, %d calls elsewhere", err, stolen.Load())
	}
}

func TestSecretsStayInside(t *testing.T) {
	const token = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
	s := newStranger(t, "auth.xml", says(500, faultText("soap:Client", "bad "+token+" and "+masterToken+strings.Repeat("!", 1000), "")))
	client := s.client()
	_, err := client.Poll(t.Context(), "id")
	config := soap.Config{BaseURL: s.url, MasterToken: masterToken, UserToken: token}
	for _, text := range []string{err.Error(), fmt.Sprintf("%+v", client), fmt.Sprintf("%#v %v %s", config, config, config)} {
		if strings.Contains(text, token) || strings.Contains(text, masterToken) || len(text) > 500 {
			t.Errorf("a secret or a flood: %s", text)
		}
	}
}
