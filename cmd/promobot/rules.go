package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"promobot/fraud"
	"promobot/internal/config"
)

// standardRules is the name of the product's own file of rules.
const standardRules = "standard"

// newRules makes the rules of the fraud desk of their settings. A file with a
// problem is refused: half of the rules would be worse than none.
func newRules(c config.Fraud) (fraud.Rules, error) {
	rules, problems, err := readRules(c.RulesFile)
	if err != nil {
		return rules, err
	}
	for _, p := range problems {
		if !p.Warning {
			err = errors.Join(err, fmt.Errorf("fraud.rules_file %s: %s", c.RulesFile, p))
		}
	}
	if c.ReceiptsPerHour == 0 && c.RulesFile == standardRules {
		rules = rules.Without(fraud.RuleTillBurst) // who may send any number may send them from one till
	}
	rules.ReceiptsPerHour, rules.NamesPerPhone, rules.Relatives = c.ReceiptsPerHour, c.NamesPerPhone, c.Relatives
	rules.Guesses = c.Guesses
	rules.AppealsPerDay, rules.AppealWithin = c.AppealsPerDay, c.AppealWithin
	return rules, err
}

func readRules(file string) (fraud.Rules, []fraud.Problem, error) {
	switch file {
	case "":
		return fraud.Rules{}, nil, nil
	case standardRules:
		return fraud.Standard(), nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return fraud.Rules{}, nil, err
	}
	rules, problems := fraud.Parse(text)
	return rules, problems, nil
}

// newRulesCommand returns `promobot rules lint`.
func newRulesCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "rules", Short: "Velocity rules of the fraud desk"}
	lint := &cobra.Command{Use: "lint FILE", Short: "Name what is wrong with a file of rules", Args: cobra.ExactArgs(1), RunE: lintRules}
	lint.Flags().Bool("json", false, "print a JSON line for each finding")
	cmd.AddCommand(lint)
	return cmd
}

func lintRules(cmd *cobra.Command, args []string) error {
	rules, problems, err := readRules(args[0])
	if err != nil {
		return usage(err)
	}
	for _, p := range problems {
		if err := printProblem(cmd, p); err != nil {
			return err
		}
	}
	if len(problems) == 0 && !asJSON(cmd) {
		fmt.Fprintf(cmd.OutOrStdout(), "%d rules, version %s\n", len(rules.Velocity), rules.Version())
	}
	if !fraud.Usable(problems) {
		return errFindings
	}
	return nil
}

func printProblem(cmd *cobra.Command, p fraud.Problem) error {
	if asJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), p)
	}
	kind := "error"
	if p.Warning {
		kind = "warning"
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", kind, p)
	return err
}
