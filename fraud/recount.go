package fraud

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
)

// Leak is a sighting that passed by itself though a rule's limit was used up.
type Leak struct {
	Subject string
	Rule    string
	N       int64 // what the rule measures with the sightings that passed before
	Limit   int64
}

// Recount replays the rules that each sighting was judged by over those that
// passed by themselves, in the order in which they did, and returns those that
// ought not to have passed. What passed is told by a query of sightings; rules
// with a condition are left out, since what they asked about is not kept.
func Recount(ctx context.Context, passed func() *gorm.DB) (checked int64, leaks []Leak, err error) {
	var sets []ruleSet
	if err := passed().Session(&gorm.Session{NewDB: true, Context: ctx}).Order("version").Find(&sets).Error; err != nil {
		return 0, nil, fmt.Errorf("rules that receipts were judged by: %w", err)
	}
	for _, set := range sets {
		for _, rule := range set.Rules {
			if rule.base() == "" || rule.When != "" {
				continue
			}
			n, found, err := rule.recount(ctx, set.Version, passed())
			if err != nil {
				return checked, leaks, fmt.Errorf("recount %s: %w", rule.ID, err)
			}
			checked, leaks = checked+n, append(leaks, found...)
		}
	}
	return checked, leaks, nil
}

// recount reads the sightings group by group, so that only one is in memory.
func (r Rule) recount(ctx context.Context, version string, passed *gorm.DB) (checked int64, leaks []Leak, err error) {
	of := passed.WithContext(ctx).Model(&Sighting{})
	if r.base() != ByParticipant {
		of = of.Where(columns[r.base()] + " <> ''") // what has no key is counted with nothing
	}
	rows, err := of.Order(columns[r.base()] + ", id").Rows()
	if err != nil {
		return 0, nil, err
	}
	defer rows.Close()
	earlier := timeline{window: r.Window}
	for rows.Next() {
		var s Sighting
		if err := passed.ScanRows(rows, &s); err != nil {
			return checked, leaks, err
		}
		if len(earlier.list) > 0 && earlier.list[0].key(r.base()) != s.key(r.base()) {
			earlier.list = nil
		}
		if s.Rules == version {
			checked++
			if m := r.measure(s, earlier.near(s)); m.N > r.Limit {
				leaks = append(leaks, Leak{s.Subject, r.ID, m.N, r.Limit})
			}
		}
		earlier.add(s)
	}
	return checked, leaks, rows.Err()
}

// timeline keeps sightings along a window's clock.
type timeline struct {
	window Window
	list   []Sighting
}

func (t *timeline) at(moment time.Time) int {
	i, _ := slices.BinarySearchFunc(t.list, moment, func(s Sighting, m time.Time) int { return t.clock(s).Compare(m) })
	return i
}

func (t *timeline) clock(s Sighting) time.Time {
	if t.window.ShopDay {
		return s.BoughtAt.UTC().Truncate(24 * time.Hour)
	}
	return t.window.clock(s)
}

func (t *timeline) add(s Sighting) { t.list = slices.Insert(t.list, t.at(t.clock(s)), s) }

// near are the sightings that a window with s may hold.
func (t *timeline) near(s Sighting) []Sighting {
	reach := t.window.Slide
	if t.window.ShopDay {
		reach = time.Nanosecond
	}
	return t.list[t.at(t.clock(s).Add(1-reach)):t.at(t.clock(s).Add(reach))]
}
