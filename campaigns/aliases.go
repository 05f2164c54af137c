package campaigns

import (
	"io/fs"

	"promobot/campaigns/assortment"
)

// brandAliases reads the table of what else tills call the brands; a campaign
// without one has the names that the program knows.
func (r *reader) brandAliases(dir fs.FS, name, field string) []assortment.BrandAlias {
	if field == "" {
		return nil
	}
	f, err := dir.Open(name)
	if err != nil {
		r.bad("brand_aliases", "%v", err)
		return nil
	}
	defer f.Close()
	list, err := assortment.ParseBrandAliases(f)
	if err != nil {
		r.badRows("brand_aliases", err)
	}
	return list
}

// lintBrandAliases holds the aliases against the assortment: each of one brand
// of it, and no alias that is another brand.
func (r *reader) lintBrandAliases(t Terms) {
	if len(t.BrandAliases) == 0 || len(t.Products) == 0 {
		return
	}
	if _, err := assortment.New(t.Products, t.BrandAliases...); err != nil {
		r.badRows("brand_aliases", err)
	}
}

// aliases are the brands by what else they are called.
func aliases(t Terms) map[string]string {
	list := map[string]string{}
	for _, a := range t.BrandAliases {
		list[a.Alias] = a.Brand
	}
	return list
}
