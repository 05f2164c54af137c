package main

import (
	"context"

	"promobot/bot"
	"promobot/bot/telegram"
	"promobot/bot/telegram/tgsim"
)

// demoOrganiser owns the stickers in the demo's messenger.
const demoOrganiser = 900000001

// publishDemoStickers publishes the stickers in the simulated messenger. What
// its owner said to the bot for that is taken away before the bot hears it.
func (a *app) publishDemoStickers(ctx context.Context, sim *tgsim.Sim) error {
	owner := sim.AddPerson(tgsim.Person{ID: demoOrganiser, FirstName: "Организатор"})
	if _, err := sim.Start(owner.ID, ""); err != nil {
		return err
	}
	client := a.telegram.client
	if _, err := client.Call(ctx, "deleteWebhook", telegram.Params{"drop_pending_updates": true}); err != nil {
		return err
	}
	_, err := offerStickers(ctx, client, bot.NewStickerShelf(a.db), owner.ID)
	return err
}
