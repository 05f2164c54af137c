package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"promobot/campaigns/assortment"
)

// newMatchCommand returns `promobot match`: names of receipt lines on standard
// input, one a line; the product of each on standard output. It answers line
// by line, so that it can be a filter in a pipe or be tried by hand.
func newMatchCommand() *cobra.Command {
	var file, aliases string
	cmd := &cobra.Command{
		Use:   "match --assortment FILE [--aliases FILE]",
		Short: "Say which promo product each receipt line on standard input is",
		Long: "Reads names of receipt lines, one a line, and writes for each: name, tab, sku or -, tab, reason.\n" +
			"FILE is CSV with the columns sku_id,brand,title,volume,gtin,scope; that of --aliases is CSV or\n" +
			"tab-separated with the columns brand,alias: what else tills call a brand.\n" +
			"A line that a person has to decide is -, with a reason that starts with unsure:.",
		SilenceUsage: true,
		Args:         func(cmd *cobra.Command, args []string) error { return usage(cobra.NoArgs(cmd, args)) },
		RunE: func(cmd *cobra.Command, _ []string) error {
			goods, err := readAssortment(file, aliases)
			if err != nil {
				return usage(err)
			}
			return matchLines(goods, cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	cmd.Flags().StringVar(&file, "assortment", "", "CSV `FILE` of the promo products")
	cmd.Flags().StringVar(&aliases, "aliases", "", "`FILE` of brands' other names")
	return cmd
}

// readAssortment reads the goods and, if a file is named, the brands' other
// names.
func readAssortment(path, aliases string) (*assortment.Assortment, error) {
	if path == "" {
		return nil, errors.New("match: --assortment FILE is missing")
	}
	others, err := readAliases(aliases)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("assortment: %w", err)
	}
	defer file.Close()
	goods, err := assortment.Parse(file, others...)
	if err != nil {
		return nil, fmt.Errorf("assortment %s:\n%w", path, err)
	}
	return goods, nil
}

func readAliases(path string) ([]assortment.BrandAlias, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("aliases: %w", err)
	}
	defer file.Close()
	list, err := assortment.ParseBrandAliases(file)
	if err != nil {
		return nil, fmt.Errorf("aliases %s:\n%w", path, err)
	}
	return list, nil
}

// matchLines writes one line for every line read, also for empty ones. What has
// been answered is flushed before it waits for more.
func matchLines(goods *assortment.Assortment, in io.Reader, out io.Writer) error {
	names, answers := bufio.NewReader(in), bufio.NewWriter(out)
	for {
		name, err := names.ReadString('\n')
		if name != "" {
			name = strings.TrimRight(name, "\r\n")
			sku, reason := answer(goods.Match(assortment.Line{Name: name}))
			fmt.Fprintf(answers, "%s\t%s\t%s\n", strings.ReplaceAll(name, "\t", " "), sku, reason)
		}
		if err != nil || names.Buffered() == 0 {
			if err := answers.Flush(); err != nil {
				return fmt.Errorf("write matches: %w", err)
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read names: %w", err)
		}
	}
}

// oneLine keeps an answer on its line and in its column.
var oneLine = strings.NewReplacer("\t", " ", "\n", " ", "\r", " ")

func answer(m assortment.Match) (sku, reason string) {
	if m.SKU == "" {
		m.SKU = "-"
	}
	return oneLine.Replace(m.SKU), oneLine.Replace(m.Reason)
}
