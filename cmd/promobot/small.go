package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"promobot/internal/failpoint"
	"promobot/internal/store"
	"promobot/internal/vault"
)

// newMigrateCommand returns `promobot migrate`. Every command that opens the
// database migrates it too; this one is for installers who want it alone.
func newMigrateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "migrate", Short: "Bring the database's tables up to date", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withStore(cmd, func(*store.DB) error {
				if asJSON(cmd) {
					return printJSON(cmd.OutOrStdout(), map[string]bool{"migrated": true})
				}
				fmt.Fprintln(cmd.OutOrStdout(), "the tables are up to date")
				return nil
			})
		},
	}
	cmd.Flags().Bool("json", false, "print JSON")
	return cmd
}

// newKeysCommand returns `promobot keys new` and `promobot keys sign`.
func newKeysCommand() *cobra.Command {
	keys := &cobra.Command{Use: "keys", Short: "Keys for what is encrypted at rest"}
	keys.AddCommand(&cobra.Command{
		Use: "new [FILE]", Short: "Write a new keyset to a file that does not exist", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := settings(cmd)
			if err != nil {
				return err
			}
			file := c.Keyset.File
			if len(args) == 1 {
				file = args[0]
			}
			if err := vault.Create(file); err != nil {
				return usage(err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "wrote %s: keep a copy, without it sealed codes, names and phones are lost\n", file)
			return nil
		},
	})
	keys.AddCommand(&cobra.Command{
		Use: "sign [FILE]", Short: "Give an old keyset the key that signs the roots of the ledger", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := settings(cmd)
			if err != nil {
				return err
			}
			file := c.Keyset.File
			if len(args) == 1 {
				file = args[0]
			}
			if err := vault.AddSigning(file); err != nil {
				return usage(err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s can sign now: renew the copy of it\n", file)
			return nil
		},
	})
	return keys
}

// newConfigCommand returns `promobot config`: the settings in force.
func newConfigCommand() *cobra.Command {
	return &cobra.Command{
		Use: "config", Short: "Print the settings in force, secrets masked", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := settings(cmd)
			if err != nil {
				return err
			}
			for _, line := range c.Lines() {
				fmt.Fprintln(cmd.OutOrStdout(), line)
			}
			return nil
		},
	}
}

// newFailpointsCommand returns `promobot failpoints`; a release build lists
// none, because it has none.
func newFailpointsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "failpoints", Short: "List the places where a crash test can kill this binary", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, name := range failpoint.Names() {
				fmt.Fprintln(cmd.OutOrStdout(), name)
			}
			return nil
		},
	}
}
