-- +goose Up
-- What a person has taught about names on receipts. seller_inn '' is every
-- seller; sku '-' is none of ours.
CREATE TABLE aliases (
    id {{id}},
    campaign_id BIGINT NOT NULL REFERENCES campaigns (id),
    seller_inn TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    sku TEXT NOT NULL,
    taught_by TEXT NOT NULL,
    taught_at {{time}} NOT NULL,
    undone_by TEXT NOT NULL DEFAULT '',
    undone_at {{time}},
    undo TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX aliases_standing ON aliases (campaign_id, seller_inn, name_key) WHERE undone_at IS NULL;

-- name_key is the name as the matcher normalises it; alias_id is what the line
-- was judged with.
ALTER TABLE receipt_lines ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
ALTER TABLE receipt_lines ADD COLUMN alias_id BIGINT REFERENCES aliases (id);
CREATE INDEX receipt_lines_key ON receipt_lines (name_key, receipt_id);
CREATE INDEX receipt_lines_alias ON receipt_lines (alias_id) WHERE alias_id IS NOT NULL;

ALTER TABLE receipts ADD COLUMN seller TEXT NOT NULL DEFAULT '';
