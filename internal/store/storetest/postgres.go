package storetest

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"

	"promobot/internal/store/storetest/pgcluster"
)

// postgresVariable names a server that is there already.
const postgresVariable = "PROMOBOT_TEST_POSTGRES"

// private starts this test program's own server, at most once.
var private = sync.OnceValues(pgcluster.Start)

// PostgresURL returns the address of a PostgreSQL server whose databases a
// test may fill as it likes: $PROMOBOT_TEST_POSTGRES, else a private one that
// is started once for the test program and dies with it. On a machine without
// server programs it says so and returns "": then only SQLite can be tested.
// Programs that are there and do not work fail the test.
func PostgresURL(t testing.TB) string {
	t.Helper()
	if url := os.Getenv(postgresVariable); url != "" {
		return url
	}
	cluster, err := private()
	if errors.Is(err, pgcluster.ErrNoServer) {
		const warning = "WARNING: no PostgreSQL here, only SQLite is tested (install postgresql, or set " + postgresVariable + ")"
		fmt.Fprintln(os.Stderr, warning)
		t.Log(warning)
		return ""
	}
	if err != nil {
		t.Fatalf("private PostgreSQL: %v", err)
	}
	return cluster.URL
}
