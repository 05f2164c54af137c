// Command promobot runs receipt promotions: the bot, its simulators and its
// tools in one binary.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // campaigns name their zones; old machines have no zone files

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(exit(newRootCommand().ExecuteContext(ctx)))
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "promobot",
		Short:         "Receipt promotions: from a photo of a receipt to a certificate",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().String("config", "promobot.yaml", "settings `FILE`; PROMOBOT_… variables win over it")
	root.AddCommand(
		newServeCommand(), newDemoCommand(), newMigrateCommand(), newVerifyCommand(), newKeysCommand(), newConfigCommand(),
		newCampaignCommand(), newPrizesCommand(openShop, stockIn), newCaseCommand(), newLineCommand(), newAliasCommand(), newPushCommand(), newRulesCommand(),
		newLedgerCommand(), newReportCommand(), newTillCommand(), newReceiptCommand(), newPointsCommand(),
		newScanCommand(), newMatchCommand(), newBenchCommand(), newFNSCommand(), newFNSSimCommand(), newTelegramSimCommand(), newSupplySimCommand(), newStickersCommand(), newFailpointsCommand(),
	)
	for _, command := range root.Commands() {
		if command.HasSubCommands() && command.RunE == nil { // bench has figures beside its commands
			command.Args, command.RunE = cobra.NoArgs, nameOne
		}
	}
	return root
}

// nameOne ends a group of commands that was called without one of them: help on
// standard output would look like an answer.
func nameOne(cmd *cobra.Command, _ []string) error {
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	return usage(fmt.Errorf("%s: name one of %s", cmd.CommandPath(), strings.Join(names, ", ")))
}
