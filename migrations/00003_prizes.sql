-- +goose Up
CREATE TABLE prizes (
    id TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    title_en TEXT NOT NULL,
    price BIGINT NOT NULL CHECK (price > 0),
    how_to_use TEXT NOT NULL DEFAULT '',
    how_to_use_en TEXT NOT NULL DEFAULT '',
    updated_at {{time}} NOT NULL
);

-- What a participant got for a source, once.
CREATE TABLE awards (
    id {{id}},
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    prize_id TEXT NOT NULL REFERENCES prizes (id),
    source TEXT NOT NULL UNIQUE,
    price BIGINT NOT NULL,
    awarded_at {{time}} NOT NULL
);
CREATE INDEX awards_participant ON awards (participant_id, id);

-- free → reserved → issued → opened; reserved or issued → void; never back.
CREATE TABLE certificates (
    id {{id}},
    prize_id TEXT NOT NULL REFERENCES prizes (id),
    code_sealed {{bytes}} NOT NULL,
    code_mac TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    award_id BIGINT UNIQUE REFERENCES awards (id),
    import_id BIGINT NOT NULL,
    valid_until {{time}},
    issued_at {{time}},
    opened_at {{time}},
    CHECK (status <> 'free' OR award_id IS NULL),
    CHECK (status NOT IN ('issued', 'opened') OR award_id IS NOT NULL)
);
CREATE INDEX certificates_free ON certificates (prize_id, id) WHERE status = 'free';

CREATE TABLE certificate_imports (
    id {{id}},
    file_name TEXT NOT NULL,
    added BIGINT NOT NULL,
    imported_at {{time}} NOT NULL
);

-- Who waits for a prize that is out of stock, in order of arrival.
CREATE TABLE prize_waits (
    id {{id}},
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    prize_id TEXT NOT NULL REFERENCES prizes (id),
    since {{time}} NOT NULL,
    told_at {{time}}
);
CREATE UNIQUE INDEX prize_waits_open ON prize_waits (participant_id, prize_id) WHERE told_at IS NULL;
