-- +goose Up
-- When the points that a posting brings expire; null: never.
ALTER TABLE postings ADD COLUMN expires_at {{time}};

-- The head of a participant's chain of postings stands with what he may spend:
-- whoever changes either has locked both.
ALTER TABLE balances ADD COLUMN links BIGINT NOT NULL DEFAULT 0;
ALTER TABLE balances ADD COLUMN head TEXT NOT NULL DEFAULT '';

-- What a posting made available, and what is left of it. The sum of what is
-- left is the balance. source is what the points are for: of released points
-- that of their hold.
CREATE TABLE lots (
    id {{id}},
    participant_id BIGINT NOT NULL,
    posting_id BIGINT NOT NULL REFERENCES postings (id),
    campaign_id BIGINT NOT NULL DEFAULT 0,
    source TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    remaining BIGINT NOT NULL CHECK (remaining >= 0 AND remaining <= amount),
    expires_at {{time}},
    created_at {{time}} NOT NULL,
    UNIQUE (posting_id, participant_id)
);
CREATE INDEX lots_left ON lots (participant_id, id) WHERE remaining > 0;
CREATE INDEX lots_due ON lots (expires_at) WHERE remaining > 0 AND expires_at IS NOT NULL;

-- Which lots a posting has taken from; below zero: what it has given back.
-- lot_posting_id is the posting that made the lot, undoes the one that had taken
-- what is given back.
CREATE TABLE lot_uses (
    id {{id}},
    posting_id BIGINT NOT NULL REFERENCES postings (id),
    participant_id BIGINT NOT NULL,
    lot_posting_id BIGINT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount <> 0),
    undoes BIGINT NOT NULL DEFAULT 0,
    UNIQUE (posting_id, lot_posting_id, participant_id)
);
CREATE INDEX lot_uses_lot ON lot_uses (lot_posting_id, participant_id);
CREATE INDEX lot_uses_undoes ON lot_uses (undoes) WHERE undoes > 0;

-- One chain for each participant; 0 is that of postings that touch nobody.
-- hash is over the hash before and the body, which tells the posting as it was
-- written.
CREATE TABLE ledger_links (
    id {{id}},
    participant_id BIGINT NOT NULL,
    n BIGINT NOT NULL,
    posting_id BIGINT NOT NULL,
    body TEXT NOT NULL,
    hash TEXT NOT NULL,
    UNIQUE (participant_id, n)
);
CREATE INDEX ledger_links_posting ON ledger_links (posting_id);

-- One root a day: over the root before and the heads that have moved since.
CREATE TABLE ledger_roots (
    id {{id}},
    day TEXT NOT NULL UNIQUE,
    made_at {{time}} NOT NULL,
    heads BIGINT NOT NULL,
    prev TEXT NOT NULL,
    root TEXT NOT NULL,
    public_key TEXT NOT NULL DEFAULT '',
    signature TEXT NOT NULL DEFAULT ''
);

CREATE TABLE ledger_root_heads (
    id {{id}},
    root_id BIGINT NOT NULL REFERENCES ledger_roots (id),
    participant_id BIGINT NOT NULL,
    n BIGINT NOT NULL,
    hash TEXT NOT NULL,
    UNIQUE (participant_id, n)
);
CREATE INDEX ledger_root_heads_root ON ledger_root_heads (root_id, participant_id);

-- Postings up to this one were written before there were chains and lots. They
-- are linked as they are found, once; linked says how far.
CREATE TABLE ledger_adoption (
    id BIGINT NOT NULL PRIMARY KEY,
    until BIGINT NOT NULL,
    linked BIGINT NOT NULL
);
INSERT INTO ledger_adoption (id, until, linked) SELECT 1, COALESCE(MAX(id), 0), 0 FROM postings;

-- What a participant has is one lot without an end: no terms promised one.
INSERT INTO lots (participant_id, posting_id, source, amount, remaining, created_at)
SELECT CAST(substr(b.account, 13, length(b.account) - 22) AS BIGINT), p.id, p.source, b.balance, b.balance, p.posted_at
FROM balances b JOIN postings p ON p.id = (SELECT MAX(e.posting_id) FROM ledger_entries e WHERE e.account = b.account)
WHERE b.account LIKE 'participant:%/available' AND b.balance > 0;

-- What a participant was reminded of, once each.
CREATE TABLE reminders (
    id {{id}},
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    subject TEXT NOT NULL,
    told_at {{time}} NOT NULL,
    UNIQUE (participant_id, subject)
);
