-- +goose Up
CREATE TABLE events (
    id {{id}},
    kind TEXT NOT NULL,
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    subject TEXT NOT NULL,
    data {{json}} NOT NULL,
    happened_at {{time}} NOT NULL
);
CREATE INDEX events_participant ON events (participant_id, id);

-- What a participant is to be told, as data; bot makes words of it.
CREATE TABLE notices (
    id {{id}},
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    subject TEXT NOT NULL,
    key TEXT NOT NULL,
    args {{json}} NOT NULL,
    created_at {{time}} NOT NULL,
    rendered_at {{time}}
);
CREATE INDEX notices_waiting ON notices (participant_id, id) WHERE rendered_at IS NULL;
