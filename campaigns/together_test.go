package campaigns_test

import (
	"context"
	"slices"
	"testing"

	"promobot/campaigns"
)

// TestRunningCampaigns lists those whose period holds the purchase, the first
// in priority first, each by the version of that day.
func TestRunningCampaigns(t *testing.T) {
	eachBook(t, "2026-03-05T09:00", func(w library) {
		w.must(march(), 1)
		other := march()
		other.Slug, other.Starts = "other", wall("2026-03-03T00:00")
		w.must(other, 1)
		dear := march()
		dear.Slug, dear.Ends, dear.Together.Priority = "dear", wall("2026-03-10T00:00"), 5
		w.must(dear, 1)
		newer := march()
		newer.Welcome, newer.EffectiveFrom = 7, wall("2026-03-20T00:00")
		w.must(newer, 2)
		for _, tt := range []struct {
			at   string
			want []string
		}{
			{"2026-03-02T23:59", []string{"dear", march().Slug}},
			{"2026-03-03T00:00", []string{"dear", "other", march().Slug}},
			{"2026-03-09T23:59", []string{"dear", "other", march().Slug}},
			{"2026-03-10T00:00", []string{"other", march().Slug}},
			{"2026-03-20T00:00", []string{"other", march().Slug + "/2"}},
			{"2020-01-01T00:00", []string{"dear"}}, // none runs: the newest refuses
		} {
			running, err := w.book.Running(context.Background(), w.db.Read(context.Background()), wall(tt.at))
			if err != nil {
				w.Fatal(err)
			}
			var got []string
			for _, v := range running {
				name := v.Slug
				if v.Number > 1 {
					name += "/2"
				}
				got = append(got, name)
			}
			if !slices.Equal(got, tt.want) {
				w.Errorf("at %s run %v, want %v", tt.at, got, tt.want)
			}
		}
	})
}

func TestLintOfTogether(t *testing.T) {
	if _, problems := parse(whole+"together: {policy: most}\n", sheet); len(problems) != 1 || problems[0].Field != "together.policy" {
		t.Errorf("%v, want one finding of together.policy", problems)
	}
	if terms, problems := parse(whole+"together: {policy: best, priority: -1}\n", sheet); len(problems) != 0 ||
		terms.Together != (campaigns.Together{Policy: campaigns.CountBest, Priority: -1}) {
		t.Errorf("%+v, %v; want best, -1", terms.Together, problems)
	}
}
