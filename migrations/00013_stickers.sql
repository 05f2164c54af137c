-- +goose Up
-- What the publisher of stickers remembers, in its own words.
CREATE TABLE sticker_records (
    name TEXT NOT NULL PRIMARY KEY,
    record TEXT NOT NULL,
    updated_at {{time}} NOT NULL
);

-- The set that is given away in a channel, and the user name of its bot there.
CREATE TABLE sticker_offers (
    channel TEXT NOT NULL PRIMARY KEY,
    bot TEXT NOT NULL,
    link TEXT NOT NULL,
    offered_at {{time}} NOT NULL
);

-- Who was given stickers, once.
CREATE TABLE sticker_gifts (
    participant_id BIGINT NOT NULL PRIMARY KEY REFERENCES participants (id),
    given_at {{time}} NOT NULL
);
