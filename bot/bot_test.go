package bot_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"promobot/bot"
	"promobot/campaigns"
	"promobot/campaigns/assortment"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/internal/vault"
	"promobot/participants"
	"promobot/prizes"
	"promobot/receipts"
	"promobot/rewards"
)

// noon is the clock of these tests: in Moscow 15:00 of 14 June 2026.
var noon = time.Date(2026, 6, 14, 12, 0, 0, 0, time.UTC)

// world is the talk with real rooms under it and receipts that only count.
type world struct {
	*testing.T
	db       *store.DB
	bot      *bot.Bot
	rooms    bot.Rooms
	vault    *vault.Vault
	receipts *counter
	events   int
}

func eachWorld(t *testing.T, test func(w *world)) {
	t.Helper()
	storetest.EachAt(t, func() time.Time { return noon }, func(t *testing.T, db *store.DB) { test(newWorld(t, db)) })
}

func newWorld(t *testing.T, db *store.DB) *world {
	t.Helper()
	v, err := vault.OpenOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, db: db, vault: v, receipts: &counter{}}
	people, shop := participants.NewService(db, v), prizes.NewShop(db, v)
	desk, book := rewards.NewDesk(shop, people), &campaigns.Book{}
	w.rooms = bot.Rooms{People: people, Receipts: w.receipts, Desk: desk, Cashier: rewards.NewCashier(db, v, desk, book), Shop: shop, Book: book,
		Channels: map[string]bot.Traits{"telegram": {Pushed: true, Contacts: true, Stickers: true}}}
	w.restart()
	w.must(func(ctx context.Context, tx *store.Tx) error {
		prize := prizes.Prize{ID: "ozon-300", Title: "Ozon 300 ₽", TitleEN: "Ozon 300 ₽", Price: 60,
			HowToUse: "Введите код в корзине.", HowToUseEN: "Enter the code in the basket."}
		if err := shop.Put(ctx, tx, prize); err != nil {
			return err
		}
		if err := shop.Put(ctx, tx, prizes.Prize{ID: "mug", Title: "Кружка", TitleEN: "Mug", Price: 400}); err != nil {
			return err
		}
		_, _, err := w.rooms.Book.Apply(ctx, tx, terms())
		return err
	})
	return w
}

func terms() campaigns.Terms {
	return campaigns.Terms{
		Slug: "summer", Title: "Лето с чаем", TitleEN: "Summer tea", Organiser: "ООО «Пример»", RulesURL: "https://example.org/rules", Zone: "Europe/Moscow",
		Starts: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), Ends: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC),
		Minimum: 1000_00, MinimumOn: campaigns.OnReceipt, MaxAgeDays: 14, ReceiptsDay: 10, PerProduct: 6, Welcome: 10, FirstReceipt: 50,
		Offers: []campaigns.Offer{{PrizeID: "ozon-300", Issue: campaigns.ByChoice}, {PrizeID: "mug", Issue: campaigns.ByChoice}},
		Products: []assortment.Product{{SKU: "tea", Brand: "Чайка", Title: "Чай чёрный Чайка", Volume: "100 г"},
			{SKU: "mint", Brand: "Чайка", Title: "Чай мятный Чайка", Volume: "100 г"}},
	}
}

// restart makes a new talk over the same database, as after a crash.
func (w *world) restart() {
	w.bot = bot.New(w.db, w.vault, w.rooms, slog.New(slog.NewTextHandler(io.Discard, nil)))
}

func (w *world) must(fn func(ctx context.Context, tx *store.Tx) error) {
	w.Helper()
	ctx := context.Background()
	if err := w.db.InTx(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }); err != nil {
		w.Fatal(err)
	}
}

// stock imports certificates of ozon-300.
func (w *world) stock(codes ...string) {
	w.Helper()
	sheet := "prize_id;code;valid_until\n"
	for _, code := range codes {
		sheet += "ozon-300;" + code + ";2026-12-31\n"
	}
	w.must(func(ctx context.Context, tx *store.Tx) error {
		_, err := w.rooms.Shop.Import(ctx, tx, strings.NewReader(sheet), "codes.csv")
		return err
	})
}

// counter stands for the receipts' room: it takes everything, once a source.
type counter struct {
	mu    sync.Mutex
	list  []receipts.Receipt
	fail  error
	pause receipts.Cooldown

	marked    map[int64]string // pictures by receipt
	explained map[string]receipts.Explanation
}

func (c *counter) Submit(_ context.Context, _ *store.Tx, sub receipts.Submission) (receipts.Receipt, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail != nil {
		return receipts.Receipt{}, c.fail
	}
	for _, r := range c.list {
		if r.Source == sub.Source {
			return r, nil
		}
	}
	r := receipts.Receipt{ID: int64(len(c.list) + 1), ParticipantID: sub.ParticipantID, Source: sub.Source, Way: sub.Way,
		Status: receipts.Submitted, Code: sub.Text + string(sub.Picture) + sub.File, SubmittedAt: noon}
	c.list = append(c.list, r)
	return r, nil
}

// Cooldown is the pause that a test has set.
func (c *counter) Cooldown(context.Context, *gorm.DB, int64) (receipts.Cooldown, error) {
	return c.pause, nil
}

// Marked is the picture that a test has put there.
func (c *counter) Marked(_ context.Context, _ *gorm.DB, id int64) ([]byte, error) {
	return []byte(c.marked[id]), nil
}

// Explain is what a test has set for the source.
func (c *counter) Explain(_ context.Context, _ *gorm.DB, _ int64, source string, _ time.Time) (receipts.Explanation, bool, error) {
	e, ok := c.explained[source]
	return e, ok, nil
}

func (c *counter) List(_ context.Context, _ *gorm.DB, participantID int64, limit int) ([]receipts.Receipt, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []receipts.Receipt
	for _, r := range c.list {
		if r.ParticipantID == participantID && len(list) < limit {
			list = append([]receipts.Receipt{r}, list...)
		}
	}
	return list, nil
}

// person is somebody who talks to the bot from an address of his own.
type person struct {
	*world
	name    string
	channel string
	seen    int64
	offered []string // ids of all buttons, the newest last
}

func (w *world) person(name string) *person { return &person{world: w, name: name, channel: "webchat"} }

// messenger is the address of somebody in a messenger that can do everything.
func (w *world) messenger(name string) *person {
	return &person{world: w, name: name, channel: "telegram"}
}

// send stores the update and works the lane, as the queue would.
func (p *person) send(u bot.Update) {
	p.Helper()
	p.events++
	u.Channel, u.Address = p.channel, p.name
	if u.EventID == "" {
		u.EventID = fmt.Sprint("event-", p.events)
	}
	if err := p.bot.Accept(context.Background(), u); err != nil {
		p.Fatal(err)
	}
	p.work()
}

func (p *person) work() {
	p.Helper()
	if err := p.bot.HandleLane(context.Background(), p.address()); err != nil {
		p.Fatal(err)
	}
}

func (p *person) address() int64 {
	p.Helper()
	id, ok, err := p.bot.AddressID(context.Background(), p.channel, p.name)
	if err != nil || !ok {
		p.Fatalf("%s is not known: %v", p.name, err)
	}
	return id
}

func (p *person) id() int64 {
	p.Helper()
	a, err := p.rooms.People.AddressByID(context.Background(), p.db.Read(context.Background()), p.address())
	if err != nil {
		p.Fatal(err)
	}
	return a.ParticipantID
}

// heard returns the messages since it was asked last.
func (p *person) heard() []bot.Outgoing {
	p.Helper()
	list, err := p.bot.History(context.Background(), p.address(), p.seen, 1000)
	if err != nil {
		p.Fatal(err)
	}
	for _, m := range list {
		p.seen = m.ID
		for _, button := range m.Buttons {
			p.offered = append(p.offered, button.ID)
		}
	}
	return list
}

func (p *person) says(text string) []bot.Outgoing {
	p.Helper()
	p.send(bot.Update{Text: text})
	return p.heard()
}

// presses a button; "prize:yes:*" is the newest one that was offered with this
// beginning.
func (p *person) presses(button string) []bot.Outgoing {
	p.Helper()
	if beginning, any := strings.CutSuffix(button, "*"); any {
		for _, id := range p.offered {
			if strings.HasPrefix(id, beginning) {
				button = id
			}
		}
	}
	p.send(bot.Update{Button: button})
	return p.heard()
}

func (p *person) shows(picture string) []bot.Outgoing {
	p.Helper()
	p.send(bot.Update{Picture: []byte(picture)})
	return p.heard()
}

// isTold has a room tell the person something.
func (p *person) isTold(subject, key string, args map[string]any) []bot.Outgoing {
	p.Helper()
	id := p.id()
	p.must(func(ctx context.Context, tx *store.Tx) error {
		return notify.Tell(ctx, tx, notify.Notice{ParticipantID: id, Subject: subject, Key: key, Args: args})
	})
	if err := p.bot.Render(context.Background(), id); err != nil {
		p.Fatal(err)
	}
	return p.heard()
}

// earns accrues points as an accepted receipt would.
func (p *person) earns(source string, r campaigns.Reward) {
	p.Helper()
	id := p.id()
	p.must(func(ctx context.Context, tx *store.Tx) error {
		version, err := p.rooms.Book.Newest(ctx, tx.DB)
		if err != nil {
			return err
		}
		_, err = p.rooms.Desk.Grant(ctx, tx, version, id, source, r)
		return err
	})
}

// registers goes through the registration.
func (p *person) registers() *person {
	p.Helper()
	p.says("привет")
	p.presses("consent:data")
	p.presses("news:no")
	p.says(fmt.Sprintf("+7999%07d", len(p.name)*1000+p.events))
	last := p.says("Анна")
	if len(last) == 0 || !strings.HasPrefix(last[0].Text, "Готово") {
		p.Fatalf("after the registration %+v", last)
	}
	return p
}

func one(t testing.TB, list []bot.Outgoing) bot.Outgoing {
	t.Helper()
	if len(list) != 1 {
		t.Fatalf("%d messages, want one: %+v", len(list), list)
	}
	return list[0]
}
