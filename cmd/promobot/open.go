package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"promobot/internal/config"
	"promobot/internal/store"
	"promobot/internal/vault"
	"promobot/migrations"
	"promobot/points"
	"promobot/rewards"
)

// stockIn serves those who wait when certificates come in.
var stockIn = rewards.EnqueueRestocked

// settings reads the configuration and prints its warnings.
func settings(cmd *cobra.Command) (config.Config, error) {
	file, err := cmd.Flags().GetString("config")
	if err != nil {
		return config.Config{}, usage(err)
	}
	if cmd.Flags().Changed("config") {
		if _, err := os.Stat(file); err != nil {
			return config.Config{}, usage(err)
		}
	}
	c, warnings, err := config.Load(file, os.Environ())
	for _, warning := range warnings {
		fmt.Fprintln(cmd.ErrOrStderr(), "promobot: warning:", warning)
	}
	return c, usage(err)
}

// openStore opens the configured database and brings its tables up to date.
func openStore(ctx context.Context, c config.Config) (*store.DB, error) {
	db, err := store.Open(ctx, c.Database.URL.Reveal(), nil)
	if err != nil {
		return nil, usage(err)
	}
	db.Lease = c.Database.Lease
	err = db.Migrate(ctx, migrations.Files)
	if err == nil {
		err = points.Ledger{}.Adopt(ctx, db)
	}
	if err != nil {
		return nil, usage(errors.Join(err, db.Close()))
	}
	return db, nil
}

// openVault opens the configured keyset.
func openVault(c config.Config) (*vault.Vault, error) {
	v, err := vault.OpenFile(c.Keyset.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usage(fmt.Errorf("%w: make one with \"promobot keys new %s\" and keep a copy", err, c.Keyset.File))
	}
	return v, usage(err)
}

// openShop opens what the commands about prizes need; the caller closes it.
func openShop(cmd *cobra.Command) (*store.DB, *vault.Vault, func(), error) {
	c, err := settings(cmd)
	if err != nil {
		return nil, nil, nil, err
	}
	v, err := openVault(c)
	if err != nil {
		return nil, nil, nil, err
	}
	db, err := openStore(cmd.Context(), c)
	if err != nil {
		return nil, nil, nil, err
	}
	if err := keepKeyset(cmd.Context(), db, v); err != nil {
		return nil, nil, nil, usage(errors.Join(err, db.Close()))
	}
	return db, v, func() { _ = db.Close() }, nil
}

// withStore runs fn on the configured database and closes it.
func withStore(cmd *cobra.Command, fn func(db *store.DB) error) error {
	c, err := settings(cmd)
	if err != nil {
		return err
	}
	db, err := openStore(cmd.Context(), c)
	if err != nil {
		return err
	}
	return errors.Join(fn(db), db.Close())
}

// withExisting runs fn on the configured database as it is: nothing is created
// or migrated.
func withExisting(cmd *cobra.Command, fn func(db *store.DB) error) error {
	c, err := settings(cmd)
	if err != nil {
		return err
	}
	if file, ok := strings.CutPrefix(c.Database.URL.Reveal(), "sqlite:"); ok {
		if _, err := os.Stat(file); err != nil {
			return usage(fmt.Errorf("no database: %w", err))
		}
	}
	db, err := store.Open(cmd.Context(), c.Database.URL.Reveal(), nil)
	if err != nil {
		return usage(err)
	}
	return errors.Join(fn(db), db.Close())
}

// withReadOnly runs fn on the configured database, of which not a byte changes.
func withReadOnly(cmd *cobra.Command, fn func(db *store.DB) error) error {
	c, err := settings(cmd)
	if err != nil {
		return err
	}
	db, err := store.OpenReadOnly(cmd.Context(), c.Database.URL.Reveal())
	if err != nil {
		return usage(err)
	}
	return errors.Join(fn(db), db.Close())
}

// newLogger logs to standard error: standard output belongs to answers.
func newLogger(cmd *cobra.Command) *slog.Logger {
	return slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
}
