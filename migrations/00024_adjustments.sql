-- +goose Up
-- A change of a participant's points by hand. One beyond the limit of that time
-- waits for a second person, who names by its hash what he has read.
CREATE TABLE adjustments (
    id {{id}},
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    points BIGINT NOT NULL CHECK (points <> 0),
    reason TEXT NOT NULL,
    note TEXT NOT NULL,
    hash TEXT NOT NULL,
    limit_points BIGINT NOT NULL,
    status TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at {{time}} NOT NULL,
    decided_by TEXT NOT NULL DEFAULT '',
    decided_at {{time}},
    CHECK (status <> 'approved' OR decided_by <> asked_by)
);
CREATE INDEX adjustments_waiting ON adjustments (id) WHERE status = 'waiting';
