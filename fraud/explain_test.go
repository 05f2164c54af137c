package fraud_test

import (
	"encoding/json"
	"strings"
	"testing"

	"promobot/fraud"
)

// TestWordsForTheAgent: every hit is explained with its numbers, before and
// after the database.
func TestWordsForTheAgent(t *testing.T) {
	for _, tt := range []struct{ args, ru, en string }{
		{`{"rule":"fraud.receipts_per_hour","args":{"receipts":6,"limit":5,"by":"participant","window":"1h","minutes":58}}`,
			"6 чеков одного участника за 1 ч, проходит 5; все за 58 мин", "6 receipts of one participant within 1h, 5 pass; all within 58 min"},
		{`{"rule":"fraud.till_people","args":{"participants":11,"limit":10,"by":"till","window":"shop day","fn":"99","day":"2026-03-14"}}`,
			"11 участников на кассе ФН 99 за торговый день 2026-03-14, проходит 10", "11 people at the till FN 99 on the shop day 2026-03-14, 10 pass"},
		{`{"rule":"fraud.x","args":{"kopecks":2150050,"limit":1000000,"by":"phone+inn","window":"7d","minutes":1,"inn":"77"}}`,
			"21500.50 ₽ с одного телефона у продавца ИНН 77 за 7 дн., проходит 10000.00; все за 1 мин", "21500.50 RUB of one phone of the seller INN 77 within 7d, 10000.00 pass; all within 1 min"},
		{`{"rule":"fraud.x","args":{"tills":21,"limit":2,"by":"participant","window":"10m","minutes":3}}`,
			"21 касса одного участника за 10 мин, проходит 2; все за 3 мин", "21 tills of one participant within 10m, 2 pass; all within 3 min"},
		{`{"rule":"fraud.names_per_phone","args":{"names":3,"limit":1}}`, "на одном телефоне 3 имени, проходит 1", "3 names on one phone, 1 pass"},
		{`{"rule":"fraud.lines_total","args":{"lines":200000,"total":100000}}`, "строки на 2000.00 ₽ при итоге 1000.00 ₽", "lines of 2000.00 RUB on a total of 1000.00 RUB"},
		{`{"rule":"fns.mismatch","args":{"field":"s"}}`, `fns.mismatch {"field":"s"}`, `fns.mismatch {"field":"s"}`},
		{`{"rule":"fraud.night","args":{}}`, "fraud.night", "fraud.night"},
	} {
		var hit fraud.Hit
		if err := json.Unmarshal([]byte(tt.args), &hit); err != nil {
			t.Fatal(err)
		}
		if ru, en := hit.Words("ru"), hit.Words("en"); ru != tt.ru || en != tt.en {
			t.Errorf("%s:\n%s\n%s", hit.Rule, ru, en)
		}
	}
	v := weigh(t, fraud.DefaultRules, fraud.Facts{NamesOnPhone: 2}, minutes(1, 2, 3, 4, 5))
	for _, hit := range v.Hits {
		if words := hit.Words("ru"); !strings.Contains(words, "проходит") || strings.Contains(words, "%!") {
			t.Errorf("%s: %s", hit.Rule, words)
		}
	}
}
