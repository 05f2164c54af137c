-- +goose Up
-- What of a line went back to the shop.
ALTER TABLE receipt_lines ADD COLUMN returned_thousandths BIGINT NOT NULL DEFAULT 0;
ALTER TABLE receipt_lines ADD COLUMN returned_kopecks BIGINT NOT NULL DEFAULT 0;

-- Goods that went back: by a refund receipt, a shop's notice or a person.
-- sale_id is null while the sale that a shop names is not registered. document
-- is the refund receipt, as scheme/fn/fd, where it is known: it works once.
CREATE TABLE receipt_returns (
    id {{id}},
    source TEXT NOT NULL UNIQUE,
    sale_id BIGINT REFERENCES receipts (id),
    refund_id BIGINT UNIQUE REFERENCES receipts (id),
    scheme TEXT NOT NULL,
    fn TEXT NOT NULL,
    fd BIGINT NOT NULL,
    fp BIGINT NOT NULL,
    seller_inn TEXT NOT NULL,
    document TEXT NOT NULL DEFAULT '',
    goods {{json}} NOT NULL,
    sum_kopecks BIGINT NOT NULL DEFAULT 0 CHECK (sum_kopecks >= 0),
    by_whom TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    returned_at {{time}} NOT NULL,
    noticed_at {{time}} NOT NULL,
    applied_at {{time}},
    refused TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX receipt_returns_document ON receipt_returns (document) WHERE document <> '';
CREATE INDEX receipt_returns_waiting ON receipt_returns (scheme, fn, fd) WHERE sale_id IS NULL;
CREATE INDEX receipt_returns_sale ON receipt_returns (sale_id, id);

-- What a return took of each part of a grant, and from where; short is what
-- could not be taken.
CREATE TABLE takings (
    id {{id}},
    source TEXT NOT NULL,
    part TEXT NOT NULL,
    subject TEXT NOT NULL,
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    campaign_id BIGINT NOT NULL REFERENCES campaigns (id),
    held BIGINT NOT NULL CHECK (held >= 0),
    available BIGINT NOT NULL CHECK (available >= 0),
    debt BIGINT NOT NULL CHECK (debt >= 0),
    short BIGINT NOT NULL CHECK (short >= 0),
    taken_at {{time}} NOT NULL,
    UNIQUE (source, part)
);
CREATE INDEX takings_subject ON takings (subject);
CREATE INDEX takings_short ON takings (id) WHERE short > 0;

-- Points that wait until the time in which goods may go back is over.
CREATE TABLE return_windows (
    id {{id}},
    subject TEXT NOT NULL UNIQUE,
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    version_id BIGINT NOT NULL REFERENCES campaign_versions (id),
    points BIGINT NOT NULL CHECK (points >= 0),
    until {{time}} NOT NULL,
    ended_at {{time}}
);
CREATE INDEX return_windows_open ON return_windows (participant_id) WHERE ended_at IS NULL;

ALTER TABLE certificates ADD COLUMN voided_at {{time}};
