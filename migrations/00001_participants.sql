-- +goose Up
CREATE TABLE participants (
    id {{id}},
    language TEXT NOT NULL,
    phone_sealed {{bytes}},
    phone_mac TEXT,
    phone_proof TEXT NOT NULL DEFAULT '',
    name_sealed {{bytes}},
    name_mac TEXT,
    source TEXT NOT NULL DEFAULT '',
    registered_at {{time}},
    created_at {{time}} NOT NULL
);
CREATE INDEX participants_phone ON participants (phone_mac) WHERE phone_mac IS NOT NULL;

CREATE TABLE addresses (
    id {{id}},
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at {{time}} NOT NULL,
    closed_at {{time}},
    UNIQUE (channel, address)
);
CREATE INDEX addresses_participant ON addresses (participant_id);

CREATE TABLE consents (
    id {{id}},
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    document TEXT NOT NULL,
    version TEXT NOT NULL,
    update_id BIGINT NOT NULL,
    granted_at {{time}} NOT NULL,
    withdrawn_at {{time}}
);
CREATE UNIQUE INDEX consents_standing ON consents (participant_id, document) WHERE withdrawn_at IS NULL;

-- A bonus that a phone gets once, however many accounts it registers.
CREATE TABLE phone_bonuses (
    phone_mac TEXT NOT NULL,
    bonus TEXT NOT NULL,
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    UNIQUE (phone_mac, bonus)
);
