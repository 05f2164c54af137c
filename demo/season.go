package demo

import (
	"embed"
	"errors"
	"fmt"

	"promobot/campaigns"
	"promobot/prizes"
)

//go:embed season page
var files embed.FS

// ErrSeason reports an embedded campaign that breaks the rules of lint.
var ErrSeason = errors.New("demo: the embedded campaign has problems")

// Season reads the campaign and the prizes that are built into the program:
// invented brands, purchases from November 2016 on, 1000.00 roubles at least,
// and enough for the first certificate with the first receipt.
func Season() (terms campaigns.Terms, catalogue []prizes.Prize, err error) {
	terms, problems := campaigns.Parse(files, "season/campaign.yaml")
	for _, p := range problems {
		if !p.Warning {
			return terms, nil, fmt.Errorf("%w: %s", ErrSeason, p)
		}
	}
	list, err := files.Open("season/prizes.yaml")
	if err != nil {
		return terms, nil, err
	}
	defer list.Close()
	catalogue, err = prizes.ParseCatalogue(list)
	return terms, catalogue, err
}
