-- +goose Up
-- Everything that came in, under its channel's own id, stored before it is
-- acknowledged.
CREATE TABLE updates (
    id {{id}},
    address_id BIGINT NOT NULL REFERENCES addresses (id),
    event_id TEXT NOT NULL,
    body {{bytes}} NOT NULL,
    picture {{bytes}},
    status TEXT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    received_at {{time}} NOT NULL,
    handled_at {{time}},
    UNIQUE (address_id, event_id)
);
CREATE INDEX updates_stored ON updates (address_id, id) WHERE status = 'stored';

CREATE TABLE dialogs (
    participant_id BIGINT NOT NULL PRIMARY KEY REFERENCES participants (id),
    state TEXT NOT NULL,
    kept {{json}} NOT NULL,
    changed_at {{time}} NOT NULL
);

-- Everything that goes out: the n-th message of an update or of a notice, once.
CREATE TABLE messages (
    id {{id}},
    address_id BIGINT NOT NULL REFERENCES addresses (id),
    update_id BIGINT REFERENCES updates (id),
    n BIGINT NOT NULL DEFAULT 0,
    notice_id BIGINT REFERENCES notices (id),
    edits BIGINT REFERENCES messages (id),
    subject TEXT NOT NULL DEFAULT '',
    body {{bytes}} NOT NULL,
    created_at {{time}} NOT NULL,
    UNIQUE (update_id, n),
    UNIQUE (notice_id, n)
);
CREATE INDEX messages_address ON messages (address_id, id);
CREATE INDEX messages_subject ON messages (subject, id) WHERE subject <> '';

-- What this database is, e.g. a demo's.
CREATE TABLE marks (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
