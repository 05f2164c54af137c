package demo

import "promobot/receipts"

// refund is the end of a refund receipt: what it takes back is told on the road
// of its sale.
func refund() []stop {
	return []stop{
		stopAt(stationLines, stateSkipped, text{}),
		stopAt(stationRules, stateDone, text{"Возврат нашёл свою покупку: баллы сняты на её дороге", "The refund has found its purchase: the points go back on its road"}),
		stopAt(stationLedger, stateSkipped, text{}),
		stopAt(stationCertificate, stateSkipped, text{}),
	}
}

// returned tells on the road of a sale what the goods that went back have taken.
func returned(_ *trip, _ string, f facts) []stop {
	n, sum := f.number("taken"), f.money("sum")
	if n == 0 {
		return []stop{stopAt(stationLedger, stateDone, text{"Возврат " + sum.ru + ": баллы не изменились", "Refund of " + sum.en + ": no points have changed"})}
	}
	return []stop{back(n, text{"Возврат " + sum.ru + ": снято ", "Refund of " + sum.en + ": taken back "})}
}

// undone tells what went back with a name that was taught wrongly.
func undone(_ *trip, _ string, f facts) []stop {
	n := -f.number("points")
	if n <= 0 {
		return nil
	}
	stops := []stop{back(n, text{"Название оказалось другим товаром: снято ", "The name stands for another product: taken back "})}
	if f.text("status") == string(receipts.Reversed) {
		stops = append(stops, stopAt(stationRules, stateStopped, why(receipts.ReasonUndone, f)))
	}
	return stops
}

// back is the ledger's stop of points that go: entry the other way round.
func back(n int64, t text) stop {
	return stopAt(stationLedger, stateDone, text{t.ru + scores.ru(n), t.en + scores.eng(n)},
		line{Name: "Участник", NameEN: "Participant", Points: -n, Reason: "списано", ReasonEN: "debited"},
		line{Name: "Фонд акции", NameEN: "Campaign’s fund", Points: n, Reason: "зачислено: вместе ноль", ReasonEN: "credited: together zero"})
}
