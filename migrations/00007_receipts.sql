-- +goose Up
-- purchased_at is the shop's wall clock, carried as if it were UTC; all other
-- times are moments.
CREATE TABLE receipts (
    id {{id}},
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    campaign_id BIGINT NOT NULL REFERENCES campaigns (id),
    source TEXT NOT NULL UNIQUE,
    way TEXT NOT NULL,
    country TEXT NOT NULL,
    scheme TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    facts {{json}} NOT NULL,
    code TEXT NOT NULL DEFAULT '',
    fn TEXT NOT NULL DEFAULT '',
    fd BIGINT NOT NULL DEFAULT 0,
    fp BIGINT NOT NULL DEFAULT 0,
    operation BIGINT NOT NULL DEFAULT 0,
    total_kopecks BIGINT NOT NULL DEFAULT 0,
    purchased_at {{time}},
    seller_inn TEXT NOT NULL DEFAULT '',
    version_id BIGINT REFERENCES campaign_versions (id),
    points BIGINT NOT NULL DEFAULT 0,
    hour_limit BIGINT NOT NULL DEFAULT 0,
    submitted_at {{time}} NOT NULL,
    scanned_at {{time}},
    asked_at {{time}},
    answered_at {{time}},
    verified_at {{time}},
    decided_at {{time}}
);
-- Paid once: a claim that is not verified blocks nobody.
CREATE UNIQUE INDEX receipts_verified ON receipts (scheme, fn, fd) WHERE verified_at IS NOT NULL;
CREATE INDEX receipts_document ON receipts (scheme, fn, fd) WHERE fn <> '';
CREATE INDEX receipts_participant ON receipts (participant_id, submitted_at);

-- The document that a verified receipt stands for; taken with ON CONFLICT, so
-- that of two who race one waits and then knows.
CREATE TABLE fiscal_documents (
    scheme TEXT NOT NULL,
    fn TEXT NOT NULL,
    fd BIGINT NOT NULL,
    receipt_id BIGINT NOT NULL REFERENCES receipts (id),
    UNIQUE (scheme, fn, fd)
);

CREATE TABLE receipt_photos (
    receipt_id BIGINT NOT NULL PRIMARY KEY REFERENCES receipts (id),
    sha256 TEXT NOT NULL,
    picture {{bytes}} NOT NULL
);

-- Where the question to the fiscal service stands.
CREATE TABLE fiscal_requests (
    receipt_id BIGINT NOT NULL PRIMARY KEY REFERENCES receipts (id),
    message_id TEXT NOT NULL DEFAULT '',
    sent_at {{time}},
    polls BIGINT NOT NULL DEFAULT 0,
    resends BIGINT NOT NULL DEFAULT 0,
    troubles BIGINT NOT NULL DEFAULT 0,
    misses BIGINT NOT NULL DEFAULT 0,
    told TEXT NOT NULL DEFAULT '',
    code BIGINT NOT NULL DEFAULT 0,
    answer TEXT NOT NULL DEFAULT ''
);

-- review is 'open' for a line that a person must place.
CREATE TABLE receipt_lines (
    id {{id}},
    receipt_id BIGINT NOT NULL REFERENCES receipts (id),
    n BIGINT NOT NULL,
    name TEXT NOT NULL,
    gtin TEXT NOT NULL DEFAULT '',
    quantity_thousandths BIGINT NOT NULL,
    price_kopecks BIGINT NOT NULL,
    sum_kopecks BIGINT NOT NULL,
    payment_type BIGINT NOT NULL,
    sku TEXT NOT NULL DEFAULT '',
    candidate TEXT NOT NULL DEFAULT '',
    points BIGINT NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    review TEXT NOT NULL DEFAULT '',
    UNIQUE (receipt_id, n)
);
CREATE INDEX receipt_lines_review ON receipt_lines (id) WHERE review = 'open';
