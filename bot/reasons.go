package bot

import (
	"strings"

	"promobot/campaigns"
	"promobot/fraud"
	"promobot/internal/money"
	"promobot/internal/notify"
	"promobot/receipts"
	"promobot/rewards"
)

// words are the message of a notice.
func (v voice) words(n notify.Notice) Message {
	if isPayment(n.Key) {
		return v.paid(n.Key, n.Args)
	}
	switch n.Key {
	case receipts.NoticeAccepted:
		return v.accepted(n.Args)
	case receipts.NoticeRead:
		return v.message(v.reason(receipts.NoticeRead, n.Args))
	case receipts.NoticeWaiting:
		return v.message(v.reason(receipts.ReasonNotYet, n.Args), v.button("button.receipts", buttonReceipts))
	case receipts.NoticeUnavailable:
		return v.message(v.reason(receipts.ReasonUnavailable, n.Args), v.button("button.receipts", buttonReceipts))
	case receipts.NoticeQueued:
		return v.message(v.reason(receipts.ReasonQueued, n.Args), v.button("button.receipts", buttonReceipts))
	case receipts.NoticeReview:
		return v.message(v.review(n.Args), v.button("button.receipts", buttonReceipts))
	case receipts.NoticeLine:
		return v.message(v.line(n.Args), v.button("button.prizes", buttonPrizes))
	case receipts.NoticeSlow, receipts.NoticeHold, receipts.NoticeAgain:
		return v.message(v.reason(n.Key, n.Args), v.button("button.receipts", buttonReceipts))
	case receipts.ReasonAppealRefused:
		return v.message(v.stands(n.Args), v.button("button.receipts", buttonReceipts), v.button("button.menu", buttonMenu))
	case receipts.NoticeReturned, receipts.NoticeReversed:
		return v.goneBack(n.Key, n.Args)
	case rewards.NoticeFree:
		return v.free(n.Args)
	case rewards.NoticeAdjusted:
		return v.adjusted(n.Args)
	case rewards.NoticeIssued:
		return v.issued(n.Args)
	case rewards.NoticeBack:
		return v.back(n.Args)
	case rewards.NoticeEnding:
		return v.reminder(n.Args)
	case rewards.NoticeCertificate:
		return v.lastCall(n.Args)
	}
	if said, ok := v.awarded(n); ok {
		return said
	}
	return v.refused(n.Key, n.Args)
}

// refused is a reason with the way on.
func (v voice) refused(reason string, args map[string]any) Message {
	next := v.button("button.help", buttonHelp)
	switch {
	case strings.HasPrefix(reason, "campaign."), strings.HasPrefix(reason, "budget."):
		next = v.button("button.rules", buttonRules)
	case reason == receipts.ReasonDuplicateOwn, reason == receipts.ReasonNoSale:
		next = v.button("button.receipts", buttonReceipts)
	}
	first := append(v.typedButton(reason, args), v.appealButton(reason, args)...)
	return v.message(v.reason(reason, args), append(first, next, v.button("button.menu", buttonMenu))...)
}

// reason says a reason with its numbers. A more special text goes before, and
// one without numbers behind: there is always something to say. A text with a
// corner is left out where none is known.
func (v voice) reason(reason string, args map[string]any) string {
	filled := v.fill(args)
	for _, key := range []string{reason + "." + text(args, "problem"), reason + ".corner", reason} {
		if said := v.say(key, filled); said != "" {
			return said
		}
	}
	return v.say("refused", nil)
}

// review says that a person looks, and why only where the reason is no secret.
func (v voice) review(args map[string]any) string {
	if said := v.say(text(args, "reason"), v.fill(args)); said != "" {
		return said
	}
	return v.say("review", nil)
}

// fill formats the numbers of a reason under the names of the catalogue.
func (v voice) fill(args map[string]any) map[string]any {
	filled := map[string]any{"Field": text(args, "field"), "Points": "", "State": v.openState(text(args, "status")),
		"Until": "", "Appealed": args["appealed"] == true, "Again": args["again"] == true}
	v.fillCorner(filled, text(args, "corner"))
	if at, ok := moment(args["until"]); ok {
		filled["Until"] = v.until(at)
	}
	for _, key := range []string{"sum", "total", "minimum", "missing"} {
		if n, ok := whole(args[key]); ok {
			filled[capital(key)] = roubles(money.Kopecks(n))
		}
	}
	for _, key := range []string{"date", "starts", "ends"} {
		if at, ok := moment(args[key]); ok {
			filled[capital(key)] = v.date(at)
		}
	}
	if n, ok := whole(args["points"]); ok && n > 0 {
		filled["Points"] = v.points(n)
	}
	v.fillLimits(filled, args)
	return filled
}

// fillLimits formats what only some reasons have: a limit is one of days or of
// receipts, and "at" is a moment only where an earlier receipt is named.
func (v voice) fillLimits(filled, args map[string]any) {
	if n, ok := whole(args["days"]); ok {
		filled["Days"] = v.count("count.days", n)
	}
	if n, ok := whole(args["limit"]); ok {
		filled["LimitDays"], filled["LimitReceipts"] = v.count("count.days", n), v.count("count.receipts", n)
	}
	if at, ok := moment(args["at"]); ok {
		filled["At"] = v.date(at)
		if _, earlier := args["status"]; earlier {
			filled["At"] = v.day(at)
		}
	}
	if text(args, "status") == string(receipts.Rejected) {
		filled["State"], filled["Points"] = v.say("state.rejected", map[string]any{"Why": v.briefly(text(args, "reason"))}), ""
	}
}

func capital(key string) string { return strings.ToUpper(key[:1]) + key[1:] }

// Reasons lists the ids of all reasons that a participant may hear; the tests
// hold the catalogues and docs/reasons.md against them.
func Reasons() []string {
	return []string{
		"scan.no_code", "scan.cut", "scan.blurred", "scan.glare", "scan.too_small", "scan.other_code", "scan.damaged", "scan.none",
		receipts.ReasonPicture, receipts.ReasonNotReceipt, receipts.ReasonIncomplete, receipts.ReasonInvalid,
		receipts.ReasonDuplicateOwn, receipts.ReasonDuplicate,
		receipts.ReasonForged, receipts.ReasonMalformed, receipts.ReasonNotFound, receipts.ReasonMismatch,
		receipts.ReasonNotYet, receipts.ReasonUnavailable, receipts.ReasonQueued, receipts.ReasonStrange,
		campaigns.RuleOperation, campaigns.RuleFuture, campaigns.RulePeriod, campaigns.RuleTooOld, campaigns.RuleMinimum,
		campaigns.RulePromoMin, campaigns.RuleShop, campaigns.RuleNoPromo, campaigns.RuleUnsureLines, campaigns.RuleNoLines, campaigns.RuleDayLimit,
		campaigns.RuleTotalLimit,
		campaigns.RuleBudget, campaigns.RuleBudgetDay, campaigns.RuleBudgetParticipant, campaigns.RuleBudgetParticipantDay,
		fraud.RuleReceiptsPerHour, fraud.RuleNamesPerPhone, fraud.RuleLinesTotal, receipts.ReasonCaseRefused,
		fraud.RuleTillPeople, fraud.RuleTillBurst, receipts.NoticeSlow, receipts.NoticeHold, receipts.ReasonFraud, receipts.ReasonAppealRefused,
		receipts.ReasonSame, receipts.ReasonCooldown, receipts.ReasonGuesses, receipts.ReasonNoSale, receipts.ReasonWhichOne,
	}
}
