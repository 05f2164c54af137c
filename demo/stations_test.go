package demo

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/fraud"
	"promobot/internal/events"
	"promobot/internal/money"
	"promobot/qr"
	"promobot/receipts"
	"promobot/rewards"
)

var noon = time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC)

// told lets an atlas take the events of receipt 17, 100 ms apart, with data as
// it comes back from a database, and writes the stops as "station:state".
func told(t *testing.T, list ...events.Event) (stops []stop, path string) {
	t.Helper()
	a := newAtlas()
	var words []string
	for i, e := range list {
		text, err := json.Marshal(e.Data)
		if err != nil {
			t.Fatal(err)
		}
		e.Data = nil
		if err := json.Unmarshal(text, &e.Data); err != nil {
			t.Fatal(err)
		}
		if e.Subject == "" {
			e.Subject = "receipt:17"
		}
		e.ID, e.HappenedAt = int64(i+1), noon.Add(time.Duration(i)*100*time.Millisecond)
		for _, s := range a.take(e) {
			stops = append(stops, s)
			words = append(words, s.Station+":"+s.State)
		}
	}
	return stops, strings.Join(words, " ")
}

type data = map[string]any

func event(kind events.Kind, d data) events.Event { return events.Event{Kind: kind, Data: d} }

var (
	byPhoto = event(receipts.EventSubmitted, data{"way": receipts.ByPhoto})
	isRead  = event(receipts.EventRead, data{"stage": "plain", "sum": money.Kopecks(1240_00), "at": time.Date(2026, 3, 14, 18, 42, 0, 0, time.UTC)})
	isAsked = event(receipts.EventAsked, nil)
	proved  = event(receipts.EventVerified, data{"lines": 6, "seller": `ООО "ВЕСЁЛЫЙ ЛАРЁК"`})
	sorted3 = event(receipts.EventJudged, data{"lines": []data{
		{"name": "НАП.КОЛА 1,5л", "sku": "cola", "title": "Кола", "units": 1, "points": 8, "reason": "GTIN 04609991100018", "unsure": false},
		{"name": "ЧИПСЫ 150г", "sku": "chips", "title": "Чипсы", "units": 1, "points": 6, "reason": "brand and kind", "unsure": false},
		{"name": "ХЛЕБ", "sku": "", "title": "", "units": 0, "points": 0, "reason": "no brand of the assortment", "unsure": false},
	}})
	start  = "stored:done code:running code:done"
	asking = start + " fns:running"
)

func rejectedFor(reason string, f data) events.Event {
	return event(receipts.EventRejected, data{"reason": reason, "facts": f})
}

func heldFor(points int, hits ...fraud.Hit) events.Event {
	return event(receipts.EventHeld, data{"rules": hits, "points": points})
}

func TestRoads(t *testing.T) {
	accept := event(receipts.EventAccepted, data{"points": 62, "first": 50})
	issue := events.Event{Kind: rewards.EventIssued, Subject: "receipt:17/prize:ozon-300", Data: data{"prize": "ozon-300", "title": "Сертификат", "title_en": "Certificate", "price": 60}}
	for _, tt := range []struct {
		name   string
		events []events.Event
		path   string
		last   text // of the last stop
	}{
		{"accepted, with a certificate", []events.Event{byPhoto, isRead, isAsked, proved, sorted3, accept, issue},
			asking + " fns:done lines:done rules:done ledger:done certificate: certificate:done",
			text{"Выдан: Сертификат, за 60 баллов", "Issued: Certificate, for 60 points"}},
		{"accepted, no certificate yet", []events.Event{byPhoto, isRead, isAsked, proved, sorted3, accept},
			asking + " fns:done lines:done rules:done ledger:done certificate:",
			text{"Придёт, как только хватит баллов", "Comes as soon as the points suffice"}},
		{"a prize chosen in the chat is on nobody's road", []events.Event{{Kind: rewards.EventIssued, Subject: "update:4", Data: issue.Data}}, "", text{}},
		{"a bonus of a person is on nobody's road", []events.Event{{Kind: rewards.EventPosted, Subject: "participant:5/welcome", Data: data{"points": 10}}}, "", text{}},
		{"a posting is told by the verdict", []events.Event{event(rewards.EventPosted, data{"source": "receipt:17/lines", "kind": "accrual", "points": 12})}, "", text{}},
		{"a line that a person placed", []events.Event{{Kind: rewards.EventPosted, Subject: "receipt:17/line:2", Data: data{"kind": "accrual", "points": 6}}},
			"ledger:done", text{"Ещё 6 баллов за строку, которую подтвердил человек", "6 points more for a line that a person confirmed"}},
		{"by text", []events.Event{event(receipts.EventSubmitted, data{"way": receipts.ByText}), isRead}, "stored:done code:done",
			text{"Чек от 14 марта 2026, 1 240 ₽", "Receipt of 14 March 2026, 1,240 ₽"}},
		{"photos put together", []events.Event{byPhoto, event(receipts.EventRead, data{"stage": "merged", "sum": money.Kopecks(1240_00), "at": time.Date(2026, 3, 14, 18, 42, 0, 0, time.UTC)})},
			"stored:done code:running code:done", text{"Фото сложены, код прочитан. Чек от 14 марта 2026, 1 240 ₽", "Photos put together, code read. Receipt of 14 March 2026, 1,240 ₽"}},
		{"a flaw in a corner", []events.Event{byPhoto, event(receipts.EventRejected, data{"reason": "scan.glare", "facts": data{"corner": "top_right"}})},
			"stored:done code:running code:stopped", text{"На коде блик (правый верхний угол)", "Glare covers the code (top right corner)"}},
		{"a kind that nobody knows", []events.Event{byPhoto, event("receipt.sung", nil)}, "stored:done code:running", text{"Ищем код на фото", "Looking for the code"}},
		{"not there yet, then there", []events.Event{byPhoto, isRead, isAsked, event(receipts.EventDelayed, data{"reason": receipts.ReasonNotYet}), proved},
			asking + " fns:waiting fns:done", text{`ФНС подтвердила: 6 строк, ООО "ВЕСЁЛЫЙ ЛАРЁК"`, `Genuine, says the tax service: 6 lines, ООО "ВЕСЁЛЫЙ ЛАРЁК"`}},
		{"sold by a person", []events.Event{event(receipts.EventVerified, data{"lines": 1, "seller": "ИП Тестов Тест Тестович"})},
			"fns:done", text{"ФНС подтвердила: 1 строка, ИП", "Genuine, says the tax service: 1 line, ИП"}},
		{"down", []events.Event{byPhoto, isRead, event(receipts.EventDelayed, data{"reason": receipts.ReasonUnavailable})},
			start + " fns:waiting", text{"ФНС не отвечает. Чек цел, спрашиваем снова", "The tax service does not answer. The receipt is safe, we keep asking"}},
		{"bomb", []events.Event{byPhoto, rejectedFor(receipts.ReasonPicture, data{"problem": "bomb"})},
			"stored:done code:running code:stopped", why(receipts.ReasonPicture, facts{"problem": "bomb"})},
		{"below the minimum", []events.Event{byPhoto, rejectedFor(campaigns.RuleMinimum, data{"total": money.Kopecks(412_30), "minimum": money.Kopecks(1000_00), "missing": 587_70})},
			"stored:done code:running code:done rules:stopped",
			text{"Отклонён: в чеке 412,30 ₽, нужно от 1 000 ₽", "Refused: the total is 412.30 ₽, at least 1,000 ₽ is needed"}},
		{"before the period", []events.Event{byPhoto, rejectedFor(campaigns.RulePeriod, data{"at": time.Date(2016, 9, 15, 14, 25, 0, 0, time.UTC),
			"starts": time.Date(2016, 11, 1, 0, 0, 0, 0, time.UTC), "ends": time.Date(2099, 12, 31, 0, 0, 0, 0, time.UTC)})},
			"stored:done code:running code:done rules:stopped",
			text{"Отклонён: куплено 15 сентября 2016, акция идёт с 1 ноября 2016", "Refused: bought 15 September 2016, the campaign began 1 November 2016"}},
		{"after the period", []events.Event{rejectedFor(campaigns.RulePeriod, data{"at": time.Date(2026, 9, 15, 14, 25, 0, 0, time.UTC),
			"starts": time.Date(2016, 11, 1, 0, 0, 0, 0, time.UTC), "ends": time.Date(2026, 8, 31, 0, 0, 0, 0, time.UTC)})},
			"code:done rules:stopped", text{"Отклонён: куплено 15 сентября 2026, акция шла до 31 августа 2026", "Refused: bought 15 September 2026, the campaign ended 31 August 2026"}},
		{"own duplicate", []events.Event{byPhoto, rejectedFor(receipts.ReasonDuplicateOwn, data{"first": 3, "points": 12, "status": "accepted"})},
			"stored:done code:running code:done rules:stopped",
			text{"Отклонён: это тот же чек, что № 3, за него уже 12 баллов", "Refused: the same receipt as no. 3, which brought 12 points"}},
		{"another was faster while the service was asked", []events.Event{byPhoto, isRead, isAsked, rejectedFor(receipts.ReasonDuplicate, nil)},
			asking + " fns:skipped rules:stopped", why(receipts.ReasonDuplicate, nil)},
		{"forged", []events.Event{byPhoto, isRead, isAsked, rejectedFor(receipts.ReasonForged, nil)}, asking + " fns:stopped", why(receipts.ReasonForged, nil)},
		{"none of ours", []events.Event{byPhoto, isRead, isAsked, proved, sorted3, rejectedFor(campaigns.RuleNoPromo, data{"lines": 3})},
			asking + " fns:done lines:done lines:stopped", text{"Отклонён: 3 строки, и ни одного товара акции", "Refused: 3 lines and not one promo product"}},
		{"limit of the day", []events.Event{byPhoto, isRead, isAsked, proved, sorted3, rejectedFor(campaigns.RuleDayLimit, data{"limit": 2})},
			asking + " fns:done lines:done rules:stopped", text{"Отклонён: можно 2 чека в день, и они уже приняты", "Refused: 2 receipts a day may be sent, and they are in"}},
		{"sixth within an hour", []events.Event{byPhoto, isRead, isAsked, proved, sorted3, heldFor(12, fraud.Hit{Rule: fraud.RuleReceiptsPerHour, Args: data{"receipts": 6, "limit": 5}})},
			asking + " fns:done lines:done rules:review ledger:review", text{"Отложено: 12 баллов", "Set aside: 12 points"}},
		{"held, then approved", []events.Event{proved, sorted3, heldFor(12, fraud.Hit{Rule: fraud.RuleNamesPerPhone, Args: data{"names": 2}}), event(receipts.EventAccepted, data{"points": 12, "first": 0})},
			"fns:done lines:done rules:review ledger:review rules:done ledger:done certificate:", text{"Придёт, как только хватит баллов", "Comes as soon as the points suffice"}},
		{"held, then refused", []events.Event{byPhoto, isRead, isAsked, proved, sorted3, heldFor(12, fraud.Hit{Rule: fraud.RuleNamesPerPhone, Args: data{"names": 2}}), rejectedFor(receipts.ReasonCaseRefused, nil)},
			asking + " fns:done lines:done rules:review ledger:review ledger:skipped rules:stopped", why(receipts.ReasonCaseRefused, nil)},
		{"a strange answer", []events.Event{byPhoto, isRead, isAsked, heldFor(0, fraud.Hit{Rule: receipts.ReasonStrange, Args: data{"code": 999}})},
			asking + " fns:review", why(receipts.ReasonStrange, nil)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			stops, path := told(t, tt.events...)
			if path != tt.path {
				t.Fatalf("went\n%s, want\n%s", path, tt.path)
			}
			if len(stops) == 0 {
				return
			}
			last := stops[len(stops)-1]
			if loose(text{last.Text, last.TextEN}) != tt.last {
				t.Errorf("said %q and %q, want %+v", last.Text, last.TextEN, tt.last)
			}
		})
	}
}

func TestStopsAreNumberedAndTimed(t *testing.T) {
	stops, _ := told(t, byPhoto, isRead, isAsked, proved, sorted3, event(receipts.EventAccepted, data{"points": 62, "first": 50}))
	var total int64
	for i, s := range stops {
		if s.ID <= 0 || i > 0 && s.ID <= stops[i-1].ID || s.Receipt != 17 {
			t.Errorf("stop %d is %+v after %+v", i, s, stops[max(0, i-1)])
		}
		total += s.MS
	}
	if total != 500 {
		t.Errorf("the steps take %d ms together, the road took 500", total)
	}
	for _, s := range stops {
		if s.Station == stationFNS && s.State == stateDone && s.MS != 200 {
			t.Errorf("the service took %d ms, want 200: from the code on", s.MS)
		}
	}
}

func TestLedgerSumsToZero(t *testing.T) {
	stops, _ := told(t, event(receipts.EventAccepted, data{"points": 62, "first": 50}))
	entry := stops[1]
	if entry.Text != "Начислено: 62 балла, из них 50 за первый чек" || len(entry.Lines) != 2 || entry.Lines[0].Points+entry.Lines[1].Points != 0 {
		t.Errorf("%+v", entry)
	}
}

func TestLinesSayWhy(t *testing.T) {
	lines := []data{
		{"name": "A", "sku": "a", "title": "Товар", "units": 2, "points": 12, "reason": "GTIN 1"},
		{"name": "B", "sku": "b", "title": "Товар", "units": 1, "points": 6, "reason": "brand"},
		{"name": "C", "title": "Товар", "unsure": true, "reason": "unsure: maybe"},
		{"name": "D", "reason": "payment type 1: counted when the goods are handed over"},
		{"name": "E", "reason": "no brand of the assortment"},
	}
	stops, _ := told(t, event(receipts.EventJudged, data{"lines": lines}))
	want := []string{"known by its product code", "known by its name", "alike, not for certain: a person looks", "prepaid: the receipt at delivery counts", "not in the promotion"}
	for i, l := range stops[0].Lines {
		if l.ReasonEN != want[i] || l.Reason == "" {
			t.Errorf("%s: %q, want %q", l.Name, l.ReasonEN, want[i])
		}
	}
	if stops[0].TextEN != "3 products of the promotion, 5 lines in all; 1 in doubt, a person looks" {
		t.Errorf("%q", stops[0].TextEN)
	}
}

func TestEveryReasonHasWords(t *testing.T) {
	for reason := range reasons {
		got := why(reason, facts{})
		if got.ru == "" || got.en == "" || strings.Contains(got.ru+got.en, "%!") {
			t.Errorf("%s: %+v", reason, got)
		}
	}
	for _, reason := range known() {
		if _, worded := reasons[reason]; !worded {
			t.Errorf("%s has no words", reason)
		}
	}
	if got := why("moon.full", nil); got != (text{"Причина: moon.full", "Reason: moon.full"}) {
		t.Errorf("an unknown reason says %+v", got)
	}
}

// known are the reasons that the rooms below give.
func known() []string {
	list := []string{
		receipts.ReasonPicture, receipts.ReasonNotReceipt, receipts.ReasonIncomplete, receipts.ReasonInvalid, receipts.ReasonDuplicateOwn,
		receipts.ReasonDuplicate, receipts.ReasonForged, receipts.ReasonMalformed, receipts.ReasonNotFound, receipts.ReasonMismatch,
		receipts.ReasonNotYet, receipts.ReasonUnavailable, receipts.ReasonQueued, receipts.ReasonStrange, receipts.ReasonCaseRefused,
		campaigns.RuleOperation, campaigns.RuleFuture, campaigns.RulePeriod, campaigns.RuleTooOld, campaigns.RuleMinimum, campaigns.RulePromoMin,
		campaigns.RuleBudget, campaigns.RuleBudgetDay, campaigns.RuleBudgetParticipant, campaigns.RuleBudgetParticipantDay,
		receipts.ReasonNoSale, receipts.ReasonWhichOne, receipts.ReasonUndone,
		campaigns.RuleShop, campaigns.RuleNoPromo, campaigns.RuleUnsureLines, campaigns.RuleDayLimit, campaigns.RuleTotalLimit,
		fraud.RuleReceiptsPerHour, fraud.RuleNamesPerPhone, fraud.RuleLinesTotal, fraud.RuleTillPeople, fraud.RuleTillBurst,
		receipts.NoticeSlow, receipts.NoticeHold, receipts.ReasonFraud, receipts.ReasonAppealRefused,
		receipts.ReasonSame, receipts.ReasonCooldown, receipts.ReasonGuesses,
	}
	for _, hint := range []qr.Hint{qr.HintNoCode, qr.HintCut, qr.HintBlurred, qr.HintGlare, qr.HintTooSmall, qr.HintOtherCode, qr.HintDamaged} {
		list = append(list, fmt.Sprint("scan.", hint))
	}
	return list
}

// What comes after an acceptance is told on the road of its receipt: points that
// wait, goods that go back, a name undone, a certificate on its way.
func TestLifeGoesOnAfterAcceptance(t *testing.T) {
	gift := data{"title": "Кружка", "title_en": "Mug", "price": 60}
	later := event(receipts.EventAccepted, data{"points": 12, "until": noon.Add(48 * time.Hour)})
	for _, tt := range []struct {
		name string
		list []events.Event
		path string
		last string
	}{
		{"points wait", []events.Event{later}, "rules:done ledger:waiting certificate:",
			"Период, сумма и лимиты в порядке | Начислено: 12 баллов; придут 16\u00a0марта\u00a02026, когда выйдет срок возврата | Придёт, как только хватит баллов"},
		{"they come", []events.Event{later, event(rewards.EventPosted, data{"kind": "release", "points": 12})}, "rules:done ledger:waiting certificate: ledger:done",
			"Срок возврата вышел, на счёт пришло: 12 баллов"},
		{"a release that nothing waited for", []events.Event{event(rewards.EventPosted, data{"kind": "release", "points": 12})}, "", ""},
		{"a refund receipt", []events.Event{event(receipts.EventAccepted, data{"points": 0, "refund": true})}, "lines:skipped rules:done ledger:skipped certificate:skipped",
			" | Возврат нашёл свою покупку: баллы сняты на её дороге |  | "},
		{"its sale", []events.Event{event(receipts.EventReturned, data{"taken": 21, "sum": 560_00})}, "ledger:done", "Возврат 560\u00a0₽: снято 21 балл"},
		{"a sale that loses nothing", []events.Event{event(receipts.EventReturned, data{"taken": 0, "sum": 560_00})}, "ledger:done", "Возврат 560\u00a0₽: баллы не изменились"},
		{"a name undone", []events.Event{event(receipts.EventUndone, data{"points": -3, "status": "accepted"})}, "ledger:done", "Название оказалось другим товаром: снято 3 балла"},
		{"the only one", []events.Event{event(receipts.EventUndone, data{"points": -3, "status": "reversed"})}, "ledger:done rules:stopped",
			"Название оказалось другим товаром: снято 3 балла | Засчитан был по названию, которое оказалось другим товаром"},
		{"ordered", []events.Event{event(rewards.EventOrdered, gift)}, "certificate:running", "Заказан у поставщика: Кружка, за 60 баллов"},
		{"gated", []events.Event{event(rewards.EventGated, gift)}, "certificate:waiting", "Отложен до документов для налога: Кружка, за 60 баллов"},
		{"not to be had", []events.Event{event(rewards.EventReturned, gift)}, "certificate:done", "Получить не удалось: Кружка, вернули 60 баллов"},
		{"withdrawn", []events.Event{event(rewards.EventWithdrawn, gift)}, "certificate:done", "Отозван, код не открывали: Кружка, в счёт возврата пошло 60 баллов"},
	} {
		stops, path := told(t, tt.list...)
		var last []string
		for _, s := range stops {
			if s.At.Equal(stops[len(stops)-1].At) {
				last = append(last, s.Text)
			}
		}
		if got := strings.Join(last, " | "); path != tt.path || got != tt.last {
			t.Errorf("%s: %s: %q", tt.name, path, got)
		}
	}
}
