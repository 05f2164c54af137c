package bot

import (
	"context"

	"promobot/points"
	"promobot/rewards"
)

// buttonPay asks for the code by which a till knows the participant.
const buttonPay = "pay:code"

// payable tells whether the campaign takes points as payment.
func (t *turn) payable() bool { return t.terms != nil && t.terms.Pay.Offered() }

// payButton is the menu's entry where points pay, else none.
func (t *turn) payButton() []Button {
	if !t.payable() {
		return nil
	}
	return []Button{t.button("button.pay", buttonPay)}
}

// pay gives a code for one purchase.
func (b *Bot) pay(ctx context.Context, t *turn, _ string) error {
	if !t.payable() {
		t.answer("pay.off", nil, t.button("button.prizes", buttonPrizes), t.button("button.menu", buttonMenu))
		return nil
	}
	available, err := b.available(ctx, t)
	if err != nil {
		return err
	}
	if available < 1 {
		t.answer("pay.none", nil, t.button("button.receipts", buttonReceipts), t.button("button.rules", buttonRules))
		return nil
	}
	code, _, err := b.cashier.Code(ctx, t.tx, t.person.ID)
	if err != nil {
		return err
	}
	shown := code[:4] + " " + code[4:]
	t.answer("pay.code", map[string]any{"Code": shown, "Points": t.points(available), "Share": t.terms.Pay.Share},
		t.button("button.pay_again", buttonPay), t.button("button.menu", buttonMenu))
	t.mark(MarkCode, shown)
	return nil
}

// reserved is the line of a balance about points that a shop has had set aside.
func (v voice) reserved(n points.Amount) []string {
	if n == 0 {
		return nil
	}
	return []string{v.say("balance.paying", map[string]any{"Points": v.points(int64(n))})}
}

// paid tells how a payment with points goes.
func (v voice) paid(key string, args map[string]any) Message {
	n, _ := whole(args["points"])
	balance, _ := whole(args["balance"])
	said := v.say(key, map[string]any{"Points": v.points(n), "Balance": v.points(balance), "Shop": cut(text(args, "shop"), 40)})
	return v.message(said, v.button("button.balance", buttonBalance))
}

// isPayment tells the notices of a payment with points.
func isPayment(key string) bool {
	switch key {
	case rewards.NoticePayHeld, rewards.NoticePaid, rewards.NoticePayFreed, rewards.NoticePayBack:
		return true
	}
	return false
}
