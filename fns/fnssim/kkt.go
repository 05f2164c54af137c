package fnssim

import (
	"fmt"
	"strings"
	"time"

	"promobot/fns/internal/xmltree"
)

// kkt answers the receipts' address: the common checks, then the method.
func (s *Sim) kkt(in request) reply {
	if f, found := s.injected("timeout", "ip", "headers", "token", "internal"); found {
		return s.refuse(f)
	}
	header := in.http.Header.Get("FNS-OpenApi-Token")
	if header == "" || s.switches.RequireUserToken && in.http.Header.Get("FNS-OpenApi-UserToken") == "" {
		return s.refuse(named["headers"])
	}
	t := s.tokens[header]
	if t != nil && !t.app.allows(in) {
		return s.refuse(named["ip"])
	}
	if t == nil || !s.now().Before(t.expiresAt) {
		return s.refuse(named["token"])
	}
	return s.method(in, t.app)
}

// method chooses by the element in the body, which the SOAPAction must name.
func (s *Sim) method(in request, a *appState) reply {
	ask := in.body.First()
	if ask == nil || ask.XMLName.Space != asyncNS {
		return s.refuse(unmarshalling("unexpected or broken content of the SOAP body"))
	}
	if action := strings.Trim(in.http.Header.Get("SOAPAction"), `"`); action != "urn:"+ask.XMLName.Local {
		return s.refuse(unmarshalling(fmt.Sprintf("the SOAPAction %q does not match the operation", action)))
	}
	switch ask.XMLName.Local {
	case "SendMessageRequest":
		return s.send(ask, a)
	case "GetMessageRequest":
		return s.poll(ask.Child(asyncNS, "MessageId").Text(), a)
	case "GetMessagesRequest":
		return s.pollMany(ask, a)
	}
	return s.refuse(unmarshalling("unexpected element " + ask.XMLName.Local))
}

// send takes a request: day quota of the application, its rate, day quota of
// the method, then the body.
func (s *Sim) send(ask *xmltree.Node, a *appState) reply {
	now := s.now()
	if f, found := s.injected("appQuota", "methodQuota", "rate", "method", "unmarshal"); found {
		return s.refuse(f)
	}
	if !s.quotaLeft() || !a.spend(s.today(), "", chosen(s.switches.DayQuota, a.DayQuota)) {
		return s.refuse(fault{text: "Превышен общий дневной лимит запросов, приложением " + a.ID})
	}
	a.sends = within(a.sends, now, time.Second)
	if most := chosen(s.switches.SendPerSecond, a.SendPerSecond); most > 0 && len(a.sends) >= most {
		return s.refuse(named["rate"])
	}
	a.sends = append(a.sends, now)
	if !a.spend(s.today(), "SendMessage", a.MethodQuota) {
		return s.refuse(methodQuota("SendMessage"))
	}
	payload := ask.Child(asyncNS, "Message").First()
	q, refusal := s.readPayload(payload)
	if refusal != nil {
		return s.refuse(*refusal)
	}
	m := s.take(a, q)
	return ok(node(asyncNS, "SendMessageResponse", leaf(asyncNS, "MessageId", m.id)))
}

// quotaLeft counts the switch of that name down, on the day it was set.
func (s *Sim) quotaLeft() bool {
	left := s.switches.QuotaLeft
	if left == nil || s.quotaDay != s.today() {
		return true
	}
	if *left == 0 {
		return false
	}
	*left--
	return true
}

// chosen is a switch's number, or the application's own if it is not set.
func chosen(switched *uint32, own int) int {
	if switched == nil {
		return own
	}
	return int(*switched)
}

func methodQuota(method string) fault {
	return fault{text: fmt.Sprintf("Превышен лимит 'Запросов в день' метода %s, сервиса KktService", method)}
}

// take notes a message and, unseen by its sender, decides its result.
func (s *Sim) take(a *appState, q query) *message {
	s.counts.Sends++
	now := s.now()
	m := &message{id: s.newUUID(), app: a, check: q.check, goneAt: now.Add(answerKept), fate: s.rng.Float64()}
	m.readyAt = now.Add(s.options.ReadyMin)
	if spread := s.options.ReadyMax - s.options.ReadyMin; spread > 0 {
		m.readyAt = m.readyAt.Add(time.Duration(s.rng.Int64N(int64(spread))))
	}
	m.code, m.ticket = s.resolve(q)
	s.messages[m.id] = m
	return m
}
