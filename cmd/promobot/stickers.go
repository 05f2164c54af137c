package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"promobot/bot"
	"promobot/bot/outbox"
	"promobot/bot/telegram"
	"promobot/internal/store"
	"promobot/stickers"
)

// errNoTelegram reports that the command needs the bot's token.
var errNoTelegram = errors.New("telegram.token is not set: stickers are published by the bot")

// newStickersCommand returns `promobot stickers publish|list`.
func newStickersCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "stickers", Short: "Our own stickers in the messenger"}
	publish := &cobra.Command{
		Use: "publish --owner ID", Short: "Create the set of stickers, or bring it up to date", Args: cobra.NoArgs, RunE: publishStickers,
		Long: "Creates the bot's set of stickers, or brings it up to date: adds what is new, replaces\n" +
			"changed pictures, withdraws the rest, and gives the set to everybody who registers from\n" +
			"then on. Doing it again changes nothing; after a failure it goes on where it stopped.\n" +
			"The owner is a Telegram account that has started the bot; it stays the owner for ever.",
	}
	publish.Flags().Int64("owner", 0, "the number of the Telegram `ACCOUNT` that owns the set")
	list := &cobra.Command{Use: "list", Short: "List our stickers and which are published", Args: cobra.NoArgs, RunE: listStickers}
	for _, c := range []*cobra.Command{publish, list} {
		c.Flags().Bool("json", false, "print JSON")
	}
	cmd.AddCommand(publish, list)
	return cmd
}

func publishStickers(cmd *cobra.Command, _ []string) error {
	owner, err := cmd.Flags().GetInt64("owner")
	if err != nil || owner <= 0 {
		return usage(errors.Join(errors.New("name the owner: --owner ID"), err))
	}
	c, err := settings(cmd)
	if err != nil {
		return err
	}
	if c.Telegram.Token == "" {
		return usage(errNoTelegram)
	}
	return withStore(cmd, func(db *store.DB) error {
		client := telegram.NewClient(c.Telegram.Endpoint, c.Telegram.Token.Reveal())
		report, err := offerStickers(cmd.Context(), client, bot.NewStickerShelf(db), owner)
		if err != nil {
			return err
		}
		return printPublished(cmd, report)
	})
}

func printPublished(cmd *cobra.Command, r stickers.Report) error {
	if asJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), map[string]any{"set": r.Set, "link": r.Link, "version": r.Version, "steps": append([]string{}, r.Steps...)})
	}
	done := "nothing to do"
	if len(r.Steps) > 0 {
		done = strings.Join(r.Steps, ", ")
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s version %d: %s\n", r.Link, r.Version, done)
	return err
}

// offerStickers publishes the pack and gives it to everybody who registers.
func offerStickers(ctx context.Context, client *telegram.Client, shelf bot.StickerShelf, owner int64) (stickers.Report, error) {
	name, err := botName(ctx, client)
	if err != nil {
		return stickers.Report{}, err
	}
	p, err := newPublisher(client, shelf, name)
	if err != nil {
		return stickers.Report{}, err
	}
	report, err := p.Publish(ctx, owner)
	if err != nil {
		return report, err
	}
	return report, shelf.Offer(ctx, bot.StickerOffer{Channel: telegram.Name, Bot: name, Link: report.Link})
}

func newPublisher(client *telegram.Client, shelf bot.StickerShelf, name string) (*stickers.Publisher, error) {
	pack, err := stickers.Chekchik()
	return &stickers.Publisher{Pack: pack, Bot: name, API: stickerCalls{client}, Memory: shelf}, err
}

// botName asks for the bot's user name.
func botName(ctx context.Context, client *telegram.Client) (string, error) {
	answer, err := client.Call(ctx, "getMe", nil)
	if err != nil {
		return "", err
	}
	var me struct {
		Username string `json:"username"`
	}
	if err := json.Unmarshal(answer, &me); err != nil {
		return "", fmt.Errorf("getMe: %w", err)
	}
	return me.Username, nil
}

// stickerCalls lets the publisher call methods by the client.
type stickerCalls struct{ client *telegram.Client }

// Call calls a method; files are named by what stands behind attach://.
func (c stickerCalls) Call(ctx context.Context, method string, params map[string]string, files map[string][]byte) (json.RawMessage, error) {
	p := telegram.Params{}
	for name, value := range params {
		p[name] = value
	}
	var list []telegram.File
	for _, field := range slices.Sorted(maps.Keys(files)) {
		list = append(list, telegram.File{Field: field, Name: field + ".png", Data: files[field]})
	}
	return c.client.Call(ctx, method, p, list...)
}

// offeredStickers finds the files of the set that is offered.
type offeredStickers struct {
	client *telegram.Client
	shelf  bot.StickerShelf
}

// FileID returns the file of the sticker. One that was never published can
// never be delivered.
func (o offeredStickers) FileID(ctx context.Context, id string) (string, error) {
	offer, ok, err := o.shelf.Offered(ctx, telegram.Name)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", fmt.Errorf("%w: no stickers are published", outbox.ErrContent)
	}
	p, err := newPublisher(o.client, o.shelf, offer.Bot)
	if err != nil {
		return "", err
	}
	file, err := p.FileID(ctx, id)
	if errors.Is(err, stickers.ErrUnpublished) {
		return "", fmt.Errorf("%w: %w", outbox.ErrContent, err)
	}
	return file, err
}

func listStickers(cmd *cobra.Command, _ []string) error {
	pack, err := stickers.Chekchik()
	if err != nil {
		return err
	}
	return withStore(cmd, func(db *store.DB) error {
		offer, there, err := publishedStickers(cmd.Context(), bot.NewStickerShelf(db), pack)
		if err != nil {
			return usage(err)
		}
		if asJSON(cmd) {
			return printStickersJSON(cmd, pack, offer, there)
		}
		return printStickers(cmd, pack, offer, there)
	})
}

// publishedStickers returns what is offered and which stickers are in it.
func publishedStickers(ctx context.Context, shelf bot.StickerShelf, pack stickers.Pack) (bot.StickerOffer, map[string]bool, error) {
	there := map[string]bool{}
	offer, ok, err := shelf.Offered(ctx, telegram.Name)
	if err != nil || !ok {
		return offer, there, err
	}
	p := stickers.Publisher{Pack: pack, Bot: offer.Bot, Memory: shelf}
	ids, _, err := p.Published(ctx)
	for _, id := range ids {
		there[id] = true
	}
	return offer, there, err
}

func printStickersJSON(cmd *cobra.Command, pack stickers.Pack, offer bot.StickerOffer, there map[string]bool) error {
	for _, s := range pack.Stickers {
		err := printJSON(cmd.OutOrStdout(), map[string]any{"id": s.ID, "emoji": s.Emoji, "keywords": s.Keywords,
			"alt": map[string]string{"ru": s.AltRu, "en": s.AltEn}, "published": there[s.ID], "link": offer.Link})
		if err != nil {
			return err
		}
	}
	return nil
}

func printStickers(cmd *cobra.Command, pack stickers.Pack, offer bot.StickerOffer, there map[string]bool) error {
	out := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	for _, s := range pack.Stickers {
		state := "not published"
		if there[s.ID] {
			state = "published"
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", s.ID, state, strings.Join(s.Emoji, " "), s.AltRu)
	}
	if offer.Link != "" {
		fmt.Fprintln(out, offer.Link)
	}
	return out.Flush()
}
