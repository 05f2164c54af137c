package assortment

import "slices"

// find returns the strongest sighting of every brand in the words of a name. A
// misspelt brand is looked for only where there is no other.
func (x *brandIndex) find(words []token, cut bool) []sighting {
	var found []sighting
	for i, t := range words {
		key := squeeze(t.text)
		for _, b := range x.short[t.text] {
			found = append(found, sighting{brand: b, from: i, to: i + 1, strength: initialled, text: t.text})
		}
		for _, n := range x.candidates(key, t, cut) {
			if s, ok := x.follow(n, words, i, cut); ok {
				found = append(found, s)
			}
		}
	}
	if len(found) == 0 {
		found = x.parted(words)
	}
	if len(found) == 0 {
		found = x.misspelt(words)
	}
	return strongest(found)
}

// mostParts is into how many words a till parts a brand of one word.
const mostParts = 3

// parted finds brands of one word that a till writes as several: BON AQUA.
func (x *brandIndex) parted(words []token) []sighting {
	var found []sighting
	for i := range words {
		text := ""
		for to := i; to < min(i+mostParts, len(words)) && !words[to].number; to++ {
			text += words[to].text
			if s, ok := x.joined(squeeze(text), words, i, to+1); ok && to > i {
				found = append(found, s)
			}
		}
	}
	return found
}

// joined looks for a brand of one word that is key.
func (x *brandIndex) joined(key string, words []token, from, to int) (sighting, bool) {
	if runes(key) < minSlipNext {
		return sighting{}, false
	}
	for _, n := range x.starts[string([]rune(key)[:keyLength])] {
		if f := &x.forms[n]; len(f.words) == 1 && f.words[0].is(key) {
			return sighting{brand: f.brand, from: from, to: to, strength: spelled, text: joinWords(words[from:to])}, true
		}
	}
	return sighting{}, false
}

// candidates are the forms that may begin with the word.
func (x *brandIndex) candidates(key string, t token, cut bool) []int {
	letters := []rune(key)
	if len(letters) >= keyLength {
		return x.starts[string(letters[:keyLength])]
	}
	exact := x.tiny[key]
	if len(letters) >= minDotted || t.dotted || cut && t.last {
		begun := x.starts[key]
		return append(begun[:len(begun):len(begun)], exact...)
	}
	return exact
}

// strongest keeps one sighting of each brand, and drops brands that are less
// surely there than another one.
func strongest(found []sighting) []sighting {
	top := unnamed
	for _, s := range found {
		top = max(top, s.strength)
	}
	var out []sighting
	for _, s := range found {
		known := slices.IndexFunc(out, func(o sighting) bool { return o.brand == s.brand })
		switch {
		case s.strength < top:
		case known < 0:
			out = append(out, s)
		case out[known].to-out[known].from < s.to-s.from:
			out[known] = s
		}
	}
	slices.SortFunc(out, func(a, b sighting) int { return a.brand - b.brand })
	return out
}

// BrandsIn names the brands of the assortment that stand in a till name, in
// whatever spelling. A brand alone says nothing about the product.
func (a *Assortment) BrandsIn(name string) []string {
	f := observe(name)
	var out []string
	for _, s := range a.brands.find(f.words, f.cut) {
		out = append(out, a.articles[a.brands.brands[s.brand].articles[0]].Brand)
	}
	return out
}
