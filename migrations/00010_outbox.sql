-- +goose Up
-- Messages of managers to everybody who wants news.
CREATE TABLE pushes (
    id {{id}},
    text_ru TEXT NOT NULL,
    text_en TEXT NOT NULL,
    status TEXT NOT NULL,
    planned_to BIGINT NOT NULL DEFAULT 0, -- participants up to this id have their message
    messages BIGINT NOT NULL DEFAULT 0,
    created_at {{time}} NOT NULL,
    planned_at {{time}}
);

ALTER TABLE messages ADD COLUMN push_id BIGINT REFERENCES pushes (id);
CREATE UNIQUE INDEX messages_push ON messages (push_id, address_id) WHERE push_id IS NOT NULL;

-- How each message of a pushed channel fares on its way out.
CREATE TABLE deliveries (
    message_id BIGINT NOT NULL PRIMARY KEY REFERENCES messages (id),
    address_id BIGINT NOT NULL REFERENCES addresses (id),
    channel TEXT NOT NULL,
    lane TEXT NOT NULL,
    edits BIGINT REFERENCES messages (id),
    status TEXT NOT NULL,
    not_before {{time}} NOT NULL,
    expires_at {{time}} NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    unknowns BIGINT NOT NULL DEFAULT 0,
    provider_id TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT '',
    claimed_by TEXT NOT NULL DEFAULT '',
    claimed_at {{time}},
    sent_at {{time}},
    created_at {{time}} NOT NULL
);
CREATE INDEX deliveries_waiting ON deliveries (channel, lane, message_id) WHERE status = 'waiting';
CREATE INDEX deliveries_sending ON deliveries (channel, message_id) WHERE status = 'sending';
CREATE INDEX deliveries_open ON deliveries (address_id, message_id) WHERE status IN ('waiting', 'sending');
CREATE INDEX deliveries_edits ON deliveries (edits, message_id) WHERE edits IS NOT NULL;

-- What may not go out: a lane that was paused, or (lane '') a channel that told
-- us to wait until a moment.
CREATE TABLE delivery_holds (
    channel TEXT NOT NULL,
    lane TEXT NOT NULL,
    held_until {{time}},
    held_at {{time}} NOT NULL,
    PRIMARY KEY (channel, lane)
);

-- Who alone may do a thing just now; only PostgreSQL has more than one replica.
CREATE TABLE leaders (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    held_until {{time}} NOT NULL
);
