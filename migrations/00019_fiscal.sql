-- +goose Up
-- Where each provider of fiscal answers stands, for all replicas: its next free
-- turn, how many times slower than usual it is asked, until when nothing at all
-- may be called, and its breaker.
CREATE TABLE fiscal_providers (
    name TEXT NOT NULL PRIMARY KEY,
    next_send_at {{time}} NOT NULL,
    slow BIGINT NOT NULL,
    calm BIGINT NOT NULL,
    shut_until {{time}} NOT NULL,
    shut_by TEXT NOT NULL,
    shut_text TEXT NOT NULL,
    breaker TEXT NOT NULL,
    breaker_until {{time}} NOT NULL,
    opens BIGINT NOT NULL,
    probes BIGINT NOT NULL,
    passed BIGINT NOT NULL
);

-- What a provider's Moscow day has cost. quota is the one that the last call
-- was granted by, 0 unknown. used is counted before a call is made.
CREATE TABLE fiscal_days (
    provider TEXT NOT NULL,
    day TEXT NOT NULL,
    quota BIGINT NOT NULL,
    used BIGINT NOT NULL CHECK (used >= 0),
    polls BIGINT NOT NULL,
    stopped_until {{time}} NOT NULL,
    warned BIGINT NOT NULL,
    UNIQUE (provider, day)
);

-- Calls and failures in slots of ten seconds: the window that a breaker sees.
CREATE TABLE fiscal_windows (
    provider TEXT NOT NULL,
    slot BIGINT NOT NULL,
    calls BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    UNIQUE (provider, slot)
);

-- Every call that costs quota, written before it is made. One that is still
-- 'calling' when its time is over has ended unknown; follows names the unknown
-- call of the same subject that a new one reconciles.
CREATE TABLE fiscal_calls (
    id {{id}},
    provider TEXT NOT NULL,
    day TEXT NOT NULL,
    subject TEXT NOT NULL,
    called_at {{time}} NOT NULL,
    outcome TEXT NOT NULL,
    follows BIGINT REFERENCES fiscal_calls (id)
);
CREATE INDEX fiscal_calls_subject ON fiscal_calls (subject, id);
CREATE INDEX fiscal_calls_day ON fiscal_calls (provider, day);

-- Receipts that wait for a call while calls are scarce, and when each
-- participant had a call the last time.
CREATE TABLE fiscal_line (
    receipt_id BIGINT NOT NULL PRIMARY KEY REFERENCES receipts (id),
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    since {{time}} NOT NULL,
    wakes_at {{time}} NOT NULL,
    every_micros BIGINT NOT NULL
);
CREATE INDEX fiscal_line_wakes ON fiscal_line (wakes_at);
CREATE INDEX fiscal_line_participant ON fiscal_line (participant_id);
CREATE TABLE fiscal_turns (
    participant_id BIGINT NOT NULL PRIMARY KEY REFERENCES participants (id),
    served_at {{time}} NOT NULL
);

-- Unusable answers and busy ones in a row, and when a service whose word is not
-- final has denied the receipt.
ALTER TABLE fiscal_requests ADD COLUMN odds BIGINT NOT NULL DEFAULT 0;
ALTER TABLE fiscal_requests ADD COLUMN busies BIGINT NOT NULL DEFAULT 0;
ALTER TABLE fiscal_requests ADD COLUMN doubted_at {{time}};
