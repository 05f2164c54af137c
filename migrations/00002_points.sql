-- +goose Up
CREATE TABLE postings (
    id {{id}},
    source TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    hash TEXT NOT NULL,
    posted_at {{time}} NOT NULL
);

CREATE TABLE ledger_entries (
    id {{id}},
    posting_id BIGINT NOT NULL REFERENCES postings (id),
    account TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount <> 0),
    UNIQUE (posting_id, account)
);
CREATE INDEX ledger_entries_account ON ledger_entries (account, id);

-- Only participants' accounts have a stored balance.
CREATE TABLE balances (
    account TEXT NOT NULL PRIMARY KEY,
    balance BIGINT NOT NULL,
    CHECK (balance >= 0 OR account LIKE '%/debt'),
    CHECK (balance <= 0 OR account NOT LIKE '%/debt')
);
