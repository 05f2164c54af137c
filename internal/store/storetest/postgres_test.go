package storetest

import (
	"database/sql"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
)

func TestPostgresURLAnswers(t *testing.T) {
	url := PostgresURL(t)
	if url == "" {
		t.Skip("no PostgreSQL server programs on this machine")
	}
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var got int
	if err := db.QueryRow("SELECT 6 * 7").Scan(&got); err != nil || got != 42 {
		t.Errorf("got %d, %v, want 42", got, err)
	}
	if again := PostgresURL(t); again != url {
		t.Errorf("the second call says %s, the first said %s", again, url)
	}
}

func TestPostgresURLGiven(t *testing.T) {
	t.Setenv(postgresVariable, "postgres://somewhere/else")
	if got := PostgresURL(t); got != "postgres://somewhere/else" {
		t.Errorf("got %s, want the given one", got)
	}
}
