package fnssim

import (
	"strconv"
	"time"

	"promobot/fns/internal/xmltree"
)

// poll answers for one message: it exists, its rate, day quota of the method.
func (s *Sim) poll(id string, a *appState) reply {
	s.counts.Polls++
	if f, found := s.injected("notFound", "methodQuota", "rate"); found {
		return s.refuse(f)
	}
	now := s.now()
	m := s.alive(id, a)
	if m == nil {
		return s.refuse(fault{text: "По переданному MessageId: " + id + " сообщение не найдено", detail: "MessageNotFoundFault"})
	}
	m.polledAt = within(m.polledAt, now, time.Minute)
	if n := len(m.polledAt); n >= pollsPerMin || n > 0 && now.Sub(m.polledAt[n-1]) < time.Second {
		return s.refuse(fault{text: "Превышено количество запросов метода GetMessage по уникальному MessageID. Повторите запрос позже.", detail: "RateLimitingFault"})
	}
	m.polledAt = append(m.polledAt, now)
	if !a.spend(s.today(), "GetMessage", a.MethodQuota) {
		return s.refuse(methodQuota("GetMessage"))
	}
	return ok(node(asyncNS, "GetMessageResponse", s.progress(m)...))
}

// alive finds a message of the application whose answer is still kept.
func (s *Sim) alive(id string, a *appState) *message {
	m := s.messages[id]
	if m == nil || m.app != a || !s.now().Before(m.goneAt) {
		return nil
	}
	if !s.now().Before(m.readyAt) && m.fate < float64(s.switches.LostAnswer) {
		return nil
	}
	return m
}

func (s *Sim) progress(m *message) []elem {
	if s.now().Before(m.readyAt) || m.fate < float64(s.switches.StuckProcessing) {
		return []elem{leaf(asyncNS, "ProcessingStatus", "PROCESSING")}
	}
	return []elem{leaf(asyncNS, "ProcessingStatus", "COMPLETED"), node(asyncNS, "Message", s.result(m))}
}

// result writes what a message came to.
func (s *Sim) result(m *message) elem {
	code := m.code
	for name, r := range s.switches.Fault {
		if forced, found := resultCode(name); found && forced != 200 && s.roll(r) {
			code = forced
		}
	}
	name, kids := "GetTicketResponse", []elem{leaf(ticketNS, "Code", strconv.Itoa(code))}
	if m.check {
		name = "CheckTicketResponse"
	}
	switch {
	case code == 200 && !m.check:
		kids = append(kids, elem{ns: ticketNS, name: "Ticket", text: s.ticketText(*m.ticket), cdata: s.switches.Dialect.Ticket == "cdata"})
	default:
		kids = append(kids, leaf(ticketNS, "Message", codeTexts[code]))
	}
	return node(ticketNS, name, node(ticketNS, "Result", kids...))
}

// codeTexts are the service's words for its codes.
var codeTexts = map[int]string{
	200: "Отправленные данные корректны",
	400: "Формат отправленных данных некорректен",
	404: "Чек не найден",
	406: "Данные не прошли проверку",
	452: "Проверка ФП: формат некорректен",
	454: "Проверка ФП: отрицательный результат",
	455: "Чек корректен, но отсутствует в хранилище",
	503: "Сервис недоступен",
	527: "Сервис перегружен",
}

// pollMany answers for a list of messages, in an order of its own.
func (s *Sim) pollMany(ask *xmltree.Node, a *appState) reply {
	s.counts.BatchPolls++
	var ids []string
	seen := make(map[string]bool)
	for i := range ask.Nodes {
		id := ask.Nodes[i].Child(asyncNS, "MessageId").Text()
		if seen[id] {
			return s.refuse(fault{text: "В запросе переданы повторяющиеся значения messageId"})
		}
		seen[id] = true
		ids = append(ids, id)
	}
	if len(ids) == 0 || len(ids) > maxBatch {
		return s.refuse(fault{text: "В запросе было передано недопустимое количество messageId"})
	}
	a.batches = within(a.batches, s.now(), time.Minute)
	if len(a.batches) >= batchesPerMin {
		return s.refuse(fault{text: "Превышено количество запросов метода GetMessages. Повторите запрос позже.", detail: "RateLimitingFault"})
	}
	a.batches = append(a.batches, s.now())
	if !a.spend(s.today(), "GetMessages", a.MethodQuota) {
		return s.refuse(methodQuota("GetMessages"))
	}
	return s.batch(ids, a)
}

func (s *Sim) batch(ids []string, a *appState) reply {
	s.rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	var entries []elem
	found := 0
	for _, id := range ids {
		inner := node(asyncNS, "Fault", node(asyncNS, "MessageNotFoundFault", leaf(asyncNS, "Message", "По переданным параметрам сообщение не найдено")))
		if m := s.alive(id, a); m != nil {
			inner = node(asyncNS, "Result", s.progress(m)...)
			found++
		}
		entries = append(entries, node(asyncNS, "Messages", leaf(asyncNS, "MessageId", id), inner))
	}
	if found == 0 {
		return s.refuse(fault{detail: "MessagesNotFoundFault"})
	}
	return ok(node(asyncNS, "GetMessagesResponse", entries...))
}
