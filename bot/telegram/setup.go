package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"promobot/bot"
)

// longestSetup is the longest pause between tries to set something up.
const longestSetup = 5 * time.Minute

// introduce tells the operator which bot it is, and sets the menu of commands. Russian is also
// for those whose language we do not speak, as in the talk.
func (d *Door) introduce(ctx context.Context) {
	d.untilDone(ctx, "learn the bot's name", func() error { return d.tellName(ctx) })
	for _, menu := range []struct{ tag, language string }{{"", "ru"}, {"ru", "ru"}, {"en", "en"}} {
		d.untilDone(ctx, "set the commands", func() error { return d.setCommands(ctx, menu.tag, menu.language) })
	}
}

// untilDone tries until it succeeds, ctx ends, or the server has no such method.
func (d *Door) untilDone(ctx context.Context, what string, try func() error) {
	for pause := firstPause; ctx.Err() == nil; pause = min(2*pause, longestSetup) {
		err := try()
		if err == nil || ctx.Err() != nil {
			return
		}
		if unknownMethod(err) {
			d.log.Error("telegram: could not "+what+": the server has no such method", "error", err)
			return
		}
		wait := pause
		if e := (*Error)(nil); errors.As(err, &e) && e.Code == 429 {
			wait = e.later().After
		}
		d.log.Warn("telegram: could not yet "+what, "error", err, "wait", wait)
		d.pause(ctx, wait)
	}
}

func (d *Door) tellName(ctx context.Context) error {
	result, err := d.client.Call(ctx, "getMe", nil)
	if err != nil {
		return err
	}
	var me struct {
		Username string `json:"username"`
	}
	if json.Unmarshal(result, &me) != nil {
		return errors.New("telegram getMe: its result is no user")
	}
	d.log.Info("telegram: the bot is there", "link", "https://t.me/"+me.Username)
	return nil
}

type command struct {
	Name        string `json:"command"`
	Description string `json:"description"`
}

// setCommands sets the menu for a language of the service, if it is another.
func (d *Door) setCommands(ctx context.Context, tag, language string) error {
	var want, have []command
	for _, c := range bot.Commands(language) {
		want = append(want, command(c))
	}
	result, err := d.client.Call(ctx, "getMyCommands", tagged(tag, Params{}))
	if err != nil && !unknownMethod(err) {
		return err
	}
	if json.Unmarshal(result, &have) == nil && slices.Equal(have, want) {
		return nil
	}
	_, err = d.client.Call(ctx, "setMyCommands", tagged(tag, Params{"commands": want}))
	return err
}

// tagged names the language, but for the menu of all others.
func tagged(tag string, p Params) Params {
	if tag != "" {
		p["language_code"] = tag
	}
	return p
}
