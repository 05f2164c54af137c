package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"promobot/bot/telegram/tgsim"
	"promobot/bot/webchat"
	"promobot/campaigns"
	"promobot/demo"
	"promobot/fns/fnssim"
	"promobot/internal/config"
	"promobot/internal/store"
	"promobot/internal/vault"
	"promobot/prizes"
	"promobot/stickers"
)

// How the demo's fiscal service is: quicker than the product's first poll, so
// that nobody who watches waits for a second one, and as patient with many
// questions as the simulator's first application may be.
const (
	demoReadyMin = 300 * time.Millisecond
	demoReadyMax = 1500 * time.Millisecond
	demoSends    = 18 // a second
)

// demoFlags are what `promobot demo` was asked for.
type demoFlags struct {
	listen, fns, telegram, campaign string
	receipt, text, fraud            bool
}

// newDemoCommand returns `promobot demo`.
func newDemoCommand() *cobra.Command {
	var f demoFlags
	cmd := &cobra.Command{
		Use:   "demo [--receipt FILE…]",
		Short: "The whole product on a temporary database, everything outside simulated",
		Long: "Starts the bot with a simulated fiscal service and messenger and prints the links of the chat and of the demo page.\n" +
			"With --receipt it sends the files as a participant would, prints a JSON line for each verdict, and ends:\n" +
			"0 if each was answered, 1 otherwise, 2 for a wrong call.\n" +
			"PROMOBOT_DATABASE_URL keeps the database; one with real data is refused.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(args); err != nil {
				return usage(err)
			}
			return runDemo(cmd, f, args)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", "127.0.0.1:0", "`ADDRESS` of the pages; port 0 picks a free one")
	flags.StringVar(&f.fns, "fns", "", "base `URL` of another fiscal service or simulator, with PROMOBOT_FNS_MASTER_TOKEN")
	flags.StringVar(&f.telegram, "telegram", "", "base `URL` of another Bot API server or simulator, with PROMOBOT_TELEGRAM_TOKEN")
	flags.StringVar(&f.campaign, "campaign", "", "terms from `FILE` instead of the demo's own")
	flags.BoolVar(&f.receipt, "receipt", false, "answer the given files instead of opening the pages")
	flags.BoolVar(&f.text, "text", false, "with --receipt: the arguments are texts of codes, not files")
	flags.BoolVar(&f.fraud, "fraud", false, "with --receipt: keep the velocity rules on")
	return cmd
}

func (f demoFlags) check(args []string) error {
	switch {
	case f.receipt && len(args) == 0:
		return errors.New("demo --receipt: name at least one file")
	case !f.receipt && len(args) > 0:
		return fmt.Errorf("demo takes no arguments without --receipt, got %q", args[0])
	case !f.receipt && (f.text || f.fraud):
		return errors.New("--text and --fraud go with --receipt")
	}
	return nil
}

func runDemo(cmd *cobra.Command, f demoFlags, args []string) error {
	ctx, log := cmd.Context(), newLogger(cmd)
	c, err := settings(cmd)
	if err != nil {
		return err
	}
	ground, err := openDemoGround(ctx, &c, f)
	if err != nil {
		return err
	}
	defer ground.close()
	terms, catalogue, err := demoTerms(f)
	if err != nil {
		return err
	}
	fiscal, stopFiscal, err := demoFiscal(&c, f, terms)
	if err != nil {
		return usage(err)
	}
	defer stopFiscal()
	messenger, stopMessenger, err := demoTelegram(&c, f)
	if err != nil {
		return usage(err)
	}
	defer stopMessenger()
	shops, err := demoSuppliers(&c)
	if err != nil {
		return usage(err)
	}
	defer shops.stop()
	a, err := newApp(c, ground.db, ground.vault, log)
	if err != nil {
		return usage(err)
	}
	if err := errors.Join(shops.hear(a), a.season(ctx, terms, catalogue)); err != nil {
		return usage(err)
	}
	if f.receipt {
		return a.answerFiles(ctx, cmd.OutOrStdout(), args, f.text)
	}
	return a.serveDemo(ctx, cmd, f.listen, c.Database.URL, fiscal, messenger)
}

// demoGround is the demo's database and keyset.
type demoGround struct {
	db     *store.DB
	vault  *vault.Vault
	folder string // removed at the end; "" if the database stays
}

func (g *demoGround) close() {
	_ = g.db.Close()
	if g.folder != "" {
		_ = os.RemoveAll(g.folder)
	}
}

// openDemoGround opens the database of PROMOBOT_DATABASE_URL or a temporary
// one, refuses real data, and marks it as a demo's.
func openDemoGround(ctx context.Context, c *config.Config, f demoFlags) (*demoGround, error) {
	var g demoGround
	if _, chosen := os.LookupEnv("PROMOBOT_DATABASE_URL"); !chosen {
		folder, err := os.MkdirTemp("", "promobot-demo-")
		if err != nil {
			return nil, usage(err)
		}
		g.folder, c.Database.URL = folder, config.Address("sqlite:"+filepath.Join(folder, "demo.db"))
	}
	if f.receipt && !f.fraud {
		c.Fraud = config.Fraud{}
	}
	db, err := openStore(ctx, *c)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(g.folder))
	}
	g.db = db
	if err := markDemo(ctx, db); err != nil {
		g.close()
		return nil, usage(err)
	}
	g.vault, err = demoVault(*c, g.folder)
	if err == nil {
		err = keepKeyset(ctx, db, g.vault)
	}
	if err != nil {
		g.close()
		return nil, usage(err)
	}
	return &g, nil
}

// demoVault opens the keyset that was chosen, or keeps one beside the database.
func demoVault(c config.Config, folder string) (*vault.Vault, error) {
	if _, chosen := os.LookupEnv("PROMOBOT_KEYSET_FILE"); chosen {
		return vault.OpenOrCreate(c.Keyset.File)
	}
	if folder != "" {
		return vault.OpenOrCreate(filepath.Join(folder, "keyset.json"))
	}
	return vault.OpenOrCreate(besideDatabase(c.Database.URL.Reveal()))
}

// besideDatabase is where a demo's keyset lies: next to a SQLite file, or in
// the working folder for a database on a server.
func besideDatabase(url string) string {
	const prefix = "sqlite:"
	if len(url) > len(prefix) && url[:len(prefix)] == prefix {
		return url[len(prefix):] + ".keyset.json"
	}
	return "promobot-demo.keyset.json"
}

func demoTerms(f demoFlags) (campaigns.Terms, []prizes.Prize, error) {
	terms, catalogue, err := demo.Season()
	if err != nil || f.campaign == "" {
		return terms, catalogue, usage(err)
	}
	terms, problems, err := readTerms(f.campaign)
	if err != nil {
		return terms, nil, err
	}
	for _, p := range problems {
		if !p.Warning {
			return terms, nil, usage(fmt.Errorf("%s: %s", f.campaign, p))
		}
	}
	return terms, catalogue, nil
}

// demoFiscal starts the simulator on a socket of its own and points the
// product's client at it. With --fns the service is another's, and sim is nil.
// A second service that the operator has configured hears nothing of invented
// receipts.
func demoFiscal(c *config.Config, f demoFlags, terms campaigns.Terms) (sim *fnssim.Sim, stop func(), err error) {
	if f.fns != "" {
		c.FNS.URL = f.fns
		return nil, func() {}, nil
	}
	sim = fnssim.New(fnssim.Options{Invent: true, StoreDepth: -1, Goods: demo.Goods(terms), ReadyMin: demoReadyMin, ReadyMax: demoReadyMax})
	url, closeSocket, err := serveSimulator(sim)
	c.FNS.ResaleURL, c.FNS.ResaleToken = "", ""
	c.FNS.URL, c.FNS.MasterToken, c.FNS.SendsPerSecond = url, fnssim.DefaultMasterToken, demoSends
	return sim, func() { closeSocket(); sim.Close() }, err
}

// season applies the terms and fills the shop.
func (a *app) season(ctx context.Context, terms campaigns.Terms, catalogue []prizes.Prize) error {
	return a.db.InTx(ctx, func(tx *store.Tx) error {
		if _, _, err := a.book.Apply(ctx, tx, terms); err != nil {
			return err
		}
		return demo.Stock(ctx, tx, a.shop, terms, catalogue)
	})
}

func (a *app) serveDemo(ctx context.Context, cmd *cobra.Command, listen string, url config.Address, fiscal *fnssim.Sim, messenger *tgsim.Sim) error {
	parts := demo.Config{DB: a.db, Sim: fiscal, Log: a.log, Clock: a.db.Now}
	if messenger != nil {
		if err := a.publishDemoStickers(ctx, messenger); err != nil {
			return usage(err)
		}
		parts.Telegram = messenger
	}
	pages, err := demo.New(ctx, parts)
	if err != nil {
		return usage(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/demo", pages)
	mux.Handle("/demo/", pages)
	mux.Handle("GET /{$}", http.RedirectHandler("/demo", http.StatusSeeOther))
	mux.Handle("GET /demo/{$}", http.RedirectHandler("/demo", http.StatusSeeOther))
	chat := webchat.New(a.bot, time.Now, a.log, webchat.Options{Framed: true, Stickers: stickers.Pictures()})
	mux.Handle("/", chat)
	ready := map[string]any{"db": url.String(), "demo": ""}
	if err := a.openTill(ctx, mux, ready); err != nil {
		return usage(err)
	}
	a.telegram.open(mux, ready)
	return a.serve(ctx, cmd, listen, doors{mux, chat}, ready)
}
