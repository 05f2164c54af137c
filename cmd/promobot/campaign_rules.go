package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"promobot/bot"
	"promobot/campaigns"
	"promobot/internal/store"
	"promobot/prizes"
)

// newShortRulesCommand returns `promobot campaign rules FILE`.
func newShortRulesCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "rules FILE", Short: "Print the short rules that participants read, as a page", Args: cobra.ExactArgs(1),
		Long: "Prints as Markdown what the bot answers to “rules”, made from the terms. Prices of prizes come from the\n" +
			"catalogue that the file names, or else from the configured database, if there is one.",
		RunE: printRules}
	cmd.Flags().String("lang", "ru", "ru or en")
	return cmd
}

func printRules(cmd *cobra.Command, args []string) error {
	lang, err := cmd.Flags().GetString("lang")
	if err == nil && lang != "ru" && lang != "en" {
		err = fmt.Errorf("--lang %s: write ru or en", lang)
	}
	if err != nil {
		return usage(err)
	}
	terms, err := lintQuietly(cmd, args[0])
	if err != nil {
		return err
	}
	dir, name := folder(args[0])
	list, err := campaigns.Catalogue(dir, name)
	if err != nil {
		return usage(err)
	}
	if list == nil {
		if list, err = storedPrizes(cmd); err != nil {
			return err
		}
	}
	lines := bot.Rules(lang, terms, onOffer(terms, list), time.Now())
	if asJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), map[string]any{"rules": lines})
	}
	_, err = fmt.Fprint(cmd.OutOrStdout(), markdown(lines))
	return err
}

// markdown writes the lines as Markdown: a heading, a list, and paragraphs.
func markdown(lines []string) string {
	text := "# " + lines[0] + "\n\n"
	for _, line := range lines[1:] {
		if item, ok := strings.CutPrefix(line, "• "); ok {
			text += "* " + item + "\n"
			continue
		}
		text += "\n" + line + "\n"
	}
	return text
}

// lintQuietly refuses terms with an error, and says nothing about warnings.
func lintQuietly(cmd *cobra.Command, file string) (campaigns.Terms, error) {
	terms, problems, err := readTerms(file)
	if err != nil {
		return terms, err
	}
	wrong := slices.DeleteFunc(problems, func(p campaigns.Problem) bool { return p.Warning })
	if printProblems(cmd.ErrOrStderr(), wrong); len(wrong) > 0 {
		return terms, errFindings
	}
	return terms, nil
}

// storedPrizes reads the catalogue of the configured database; none without
// one.
func storedPrizes(cmd *cobra.Command) (list []prizes.Prize, err error) {
	err = withReadOnly(cmd, func(db *store.DB) error {
		list, err = prizes.NewShop(db, nil).List(cmd.Context(), db.Read(cmd.Context()))
		return err
	})
	if err != nil {
		fmt.Fprintln(cmd.ErrOrStderr(), "promobot: warning: no prices of prizes:", err)
		return nil, nil
	}
	return list, nil
}

// onOffer leaves the prizes of the terms, the cheapest first, as the bot does.
func onOffer(terms campaigns.Terms, list []prizes.Prize) []prizes.Prize {
	var offered []prizes.Prize
	for _, o := range terms.Offers {
		for _, p := range list {
			if p.ID == o.PrizeID {
				offered = append(offered, p)
			}
		}
	}
	slices.SortStableFunc(offered, func(a, b prizes.Prize) int { return cmp.Compare(a.Price, b.Price) })
	return offered
}
