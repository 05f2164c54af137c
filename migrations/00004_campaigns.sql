-- +goose Up
CREATE TABLE campaigns (
    id {{id}},
    slug TEXT NOT NULL UNIQUE,
    created_at {{time}} NOT NULL
);

CREATE TABLE campaign_versions (
    id {{id}},
    campaign_id BIGINT NOT NULL REFERENCES campaigns (id),
    number BIGINT NOT NULL,
    effective_from {{time}} NOT NULL,
    terms {{json}} NOT NULL,
    hash TEXT NOT NULL,
    applied_at {{time}} NOT NULL,
    UNIQUE (campaign_id, number),
    UNIQUE (campaign_id, effective_from)
);
