-- +goose Up
CREATE TABLE cases (
    id {{id}},
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    subject TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    hits {{json}} NOT NULL,
    opened_at {{time}} NOT NULL,
    decided_at {{time}},
    decided_by TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT ''
);
CREATE INDEX cases_open ON cases (id) WHERE status = 'open';
