package campaigns

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"promobot/campaigns/assortment"
	"promobot/internal/money"
	"promobot/points"
)

// file is the campaign as its manager writes it.
type file struct {
	ID            string `yaml:"id"`
	Title         string `yaml:"title"`
	TitleEN       string `yaml:"title_en"`
	Organiser     string `yaml:"organiser"`
	RulesURL      string `yaml:"rules_url"`
	Starts        string `yaml:"starts"`
	Ends          string `yaml:"ends"`
	Zone          string `yaml:"zone"`
	EffectiveFrom string `yaml:"effective_from"`
	Receipts      struct {
		Minimum    string   `yaml:"minimum"`
		MinimumOn  string   `yaml:"minimum_on"`
		MaxAgeDays int      `yaml:"max_age_days"`
		GraceNew   int      `yaml:"grace_days_new"`
		Shops      []string `yaml:"shops_allowed"`
		Denied     []string `yaml:"shops_denied"`
	} `yaml:"receipts"`
	Points struct {
		PerProduct    int64            `yaml:"per_product"`
		Products      map[string]int64 `yaml:"products"`
		RoublesPerOne string           `yaml:"roubles_per_point"`
		Welcome       int64            `yaml:"welcome"`
		FirstReceipt  int64            `yaml:"first_receipt"`
		Value         string           `yaml:"value"`
	} `yaml:"points"`
	Limits struct {
		ReceiptsPerDay  int   `yaml:"receipts_per_day"`
		Receipts        int   `yaml:"receipts"`
		UnitsPerReceipt int64 `yaml:"units_per_receipt"`
	} `yaml:"limits"`
	Prizes []struct {
		ID    string `yaml:"id"`
		Issue string `yaml:"issue"`
	} `yaml:"prizes"`
	Returns   returnsFile `yaml:"returns"`
	BonusDays []bonusFile `yaml:"bonus_days"`
	Focus     []focusFile `yaml:"focus"`
	Budget    Budget      `yaml:"budget"`
	Together  Together    `yaml:"together"`
	Expiry    expiryFile  `yaml:"expiry"`
	Pay       *payFile    `yaml:"pay"`

	BrandAliases string `yaml:"brand_aliases"`

	Disclosure Disclosure        `yaml:"disclosure"`
	Texts      textsFile         `yaml:"texts"`
	Catalogue  string            `yaml:"catalogue"`
	Waive      map[string]string `yaml:"waive"`

	Assortment string `yaml:"assortment"`
}

// Parse reads terms from the YAML file name in dir; the files of the assortment
// and of the brands' aliases are named relative to it. It returns all problems
// at once; the terms are whole only if none but warnings are found.
func Parse(dir fs.FS, name string) (Terms, []Problem) {
	r, _, t := read(dir, name)
	return t, r.problems
}

// Lint is Parse, and finds beside what is wrong what is doubtful: rules that
// never apply, rules that overlap, bounds and disclosures that are missing, and
// texts that say other numbers than the terms. What the file waives, with a
// reason, is left out.
func Lint(dir fs.FS, name string) (Terms, []Problem) {
	r, f, t := read(dir, name)
	if !slices.ContainsFunc(r.problems, func(p Problem) bool { return !p.Warning }) {
		r.doubts(dir, name, f, t)
	}
	r.waive(f.Waive)
	return t, r.problems
}

func read(dir fs.FS, name string) (*reader, file, Terms) {
	r := &reader{file: name}
	text, err := fs.ReadFile(dir, name)
	if err != nil {
		r.bad(name, "%v", err)
		return r, file{}, Terms{}
	}
	f, err := r.decode(name, text)
	if err != nil {
		r.bad(name, "%v", err)
		return r, f, Terms{}
	}
	t := r.terms(f)
	t.Texts = r.texts(dir, name, f.Texts)
	t.Products = r.assortment(dir, path.Join(path.Dir(name), f.Assortment), f.Assortment)
	t.BrandAliases = r.brandAliases(dir, path.Join(path.Dir(name), f.BrandAliases), f.BrandAliases)
	r.lint(t)
	return r, f, t
}

// reader turns a file's words into values and gathers what is wrong with them.
type reader struct {
	file     string
	zeros    []string // limits that the file sets to 0 in so many words
	problems []Problem
}

func (r *reader) bad(field, format string, args ...any) {
	r.find("", false, field, format, args...)
}

// decode reads the YAML. Keys that are unknown, stand twice or hold a value of
// another kind are problems like all others; it fails only if the text is no
// YAML at all. An empty file is one that lacks everything.
func (r *reader) decode(name string, text []byte) (f file, err error) {
	r.zeros = zeroLimits(text)
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	err = decoder.Decode(&f)
	var wrong *yaml.TypeError
	switch {
	case errors.As(err, &wrong):
		for _, text := range wrong.Errors {
			text, _, _ = strings.Cut(text, " in type ") // our own type says nothing to a manager
			r.bad(name, "%s", text)
		}
	case errors.Is(err, io.EOF):
		return f, nil
	case err != nil:
		return f, err
	}
	if !errors.Is(decoder.Decode(&file{}), io.EOF) {
		r.bad(name, "holds a second document after ---")
	}
	return f, nil
}

func (r *reader) terms(f file) Terms {
	t := Terms{
		Slug: f.ID, Title: f.Title, TitleEN: f.TitleEN, Organiser: f.Organiser, RulesURL: f.RulesURL,
		Starts: r.day("starts", f.Starts), Zone: f.Zone,
		EffectiveFrom: r.optionalDay("effective_from", f.EffectiveFrom),
		Minimum:       r.roubles("receipts.minimum", f.Receipts.Minimum), MinimumOn: MinimumOn(f.Receipts.MinimumOn),
		MaxAgeDays: f.Receipts.MaxAgeDays, ShopsAllowed: f.Receipts.Shops, ShopsDenied: f.Receipts.Denied,
		ReceiptsDay: f.Limits.ReceiptsPerDay, ReceiptsTotal: f.Limits.Receipts, UnitsReceipt: f.Limits.UnitsPerReceipt,
		PerProduct: points.Amount(f.Points.PerProduct), PerSKU: map[string]points.Amount{},
		KopecksPerPoint: r.roubles("points.roubles_per_point", f.Points.RoublesPerOne),
		Welcome:         points.Amount(f.Points.Welcome), FirstReceipt: points.Amount(f.Points.FirstReceipt),
		GraceDaysNew: f.Receipts.GraceNew,
		PointValue:   r.roubles("points.value", f.Points.Value), Disclosure: f.Disclosure,
		Bonus: r.bonusDays(f.BonusDays), Focus: r.focus(f.Focus), Budget: f.Budget, Together: f.Together,
		Expiry: r.expiry(f.Expiry),
		Pay:    r.pay(f.Pay),
	}
	if ends := r.day("ends", f.Ends); !ends.IsZero() {
		t.Ends = ends.AddDate(0, 0, 1)
	}
	t.Returns = f.Returns.terms()
	if t.MinimumOn == "" {
		t.MinimumOn = OnReceipt
	}
	for sku, n := range f.Points.Products {
		t.PerSKU[sku] = points.Amount(n)
	}
	for _, p := range f.Prizes {
		issue := Issue(p.Issue)
		if issue == "" {
			issue = ByChoice
		}
		t.Offers = append(t.Offers, Offer{PrizeID: p.ID, Issue: issue})
	}
	return t
}

func (r *reader) day(field, text string) time.Time {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		r.bad(field, "%q is not a date, write YYYY-MM-DD", text)
	}
	return day
}

func (r *reader) optionalDay(field, text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	return r.day(field, text)
}

func (r *reader) roubles(field, text string) money.Kopecks {
	if text == "" {
		return 0
	}
	k, err := money.ParseRoubles(text)
	if err != nil {
		r.bad(field, "%q is not an amount in roubles such as 1000.00", text)
	}
	return k
}

func (r *reader) assortment(dir fs.FS, name, field string) []assortment.Product {
	if field == "" {
		r.bad("assortment", "is missing: name the CSV file of the promo products")
		return nil
	}
	f, err := dir.Open(name)
	if err != nil {
		r.bad("assortment", "%v", err)
		return nil
	}
	defer f.Close()
	goods, err := assortment.Parse(f)
	if err != nil {
		r.badRows("assortment", err)
		return nil
	}
	if len(goods.Products()) == 0 {
		r.bad("assortment", "%s lists no product", field)
	}
	return goods.Products()
}

// badRows makes a problem of every row that is wrong.
func (r *reader) badRows(field string, err error) {
	rows := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		rows = joined.Unwrap()
	}
	for _, row := range rows {
		r.find(assortmentRule(field, row), false, field, "%v", row)
	}
}
