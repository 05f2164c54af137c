-- +goose Up
-- A picture that its channel keeps has a reference; its bytes and their sum
-- follow when it is fetched. look is its perceptual hash.
ALTER TABLE receipt_photos ADD COLUMN ref TEXT NOT NULL DEFAULT '';
ALTER TABLE receipt_photos ADD COLUMN look BIGINT;
CREATE INDEX receipt_photos_sum ON receipt_photos (sha256);

-- A look in bands, so that similar ones are found by an index.
CREATE TABLE picture_looks (
    receipt_id BIGINT NOT NULL REFERENCES receipts (id),
    band BIGINT NOT NULL,
    bits BIGINT NOT NULL,
    UNIQUE (receipt_id, band)
);
CREATE INDEX picture_looks_bits ON picture_looks (band, bits);

-- Guesses at receipts, when the fiscal service first denied them, and the
-- pauses that the wrong ones led to.
CREATE TABLE guesses (
    receipt_id BIGINT NOT NULL PRIMARY KEY REFERENCES receipts (id),
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    guessed_at {{time}} NOT NULL,
    denied_at {{time}}
);
CREATE INDEX guesses_participant ON guesses (participant_id, guessed_at);
CREATE TABLE guess_pauses (
    receipt_id BIGINT NOT NULL PRIMARY KEY REFERENCES receipts (id),
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    step BIGINT NOT NULL,
    paused_at {{time}} NOT NULL,
    until {{time}} NOT NULL,
    handed_id BIGINT REFERENCES receipts (id)
);
CREATE INDEX guess_pauses_participant ON guess_pauses (participant_id, paused_at);

-- What somebody who types a receipt has said so far; sealed.
CREATE TABLE typed_receipts (
    participant_id BIGINT NOT NULL PRIMARY KEY REFERENCES participants (id),
    body {{bytes}} NOT NULL,
    changed_at {{time}} NOT NULL
);
