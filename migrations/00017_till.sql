-- +goose Up
-- Shops that take points as payment, each with a key of its own.
CREATE TABLE tills (
    id {{id}},
    key_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    inn TEXT NOT NULL DEFAULT '',
    secret_sealed {{bytes}} NOT NULL,
    created_at {{time}} NOT NULL,
    revoked_at {{time}}
);

-- The wrong codes of each shop. They stand alone: this row is locked while a
-- code is tried, and the shop's own is read by everything that refers to it.
CREATE TABLE till_misses (
    till_id BIGINT NOT NULL PRIMARY KEY REFERENCES tills (id),
    misses BIGINT NOT NULL,
    since {{time}} NOT NULL
);

-- What a shop was answered, for ever: a repeat of its request gets the same.
CREATE TABLE till_answers (
    till_id BIGINT NOT NULL REFERENCES tills (id),
    request_key TEXT NOT NULL,
    request_mark TEXT NOT NULL,
    status BIGINT NOT NULL,
    body {{bytes}} NOT NULL,
    answered_at {{time}} NOT NULL,
    PRIMARY KEY (till_id, request_key)
);

-- The code by which a participant shows himself to a till: the newest one only.
CREATE TABLE pay_codes (
    participant_id BIGINT NOT NULL PRIMARY KEY REFERENCES participants (id),
    code_mac TEXT NOT NULL UNIQUE,
    expires_at {{time}} NOT NULL
);

-- quoted → held → captured, released or expired; never back.
CREATE TABLE pay_quotes (
    id {{id}},
    shop_id BIGINT NOT NULL REFERENCES tills (id),
    shop TEXT NOT NULL,
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    campaign_id BIGINT NOT NULL REFERENCES campaigns (id),
    order_name TEXT NOT NULL,
    rate BIGINT NOT NULL CHECK (rate > 0),
    hold_minutes BIGINT NOT NULL,
    items {{json}} NOT NULL,
    status TEXT NOT NULL,
    balance BIGINT NOT NULL,
    points BIGINT NOT NULL DEFAULT 0 CHECK (points >= 0),
    created_at {{time}} NOT NULL,
    expires_at {{time}} NOT NULL,
    ended_at {{time}},
    CHECK (status NOT IN ('held', 'captured') OR points > 0)
);
CREATE INDEX pay_quotes_participant ON pay_quotes (participant_id, id);
CREATE INDEX pay_quotes_open ON pay_quotes (expires_at) WHERE status IN ('quoted', 'held');
