-- +goose Up
-- What other campaigns than its own gave for a receipt.
CREATE TABLE receipt_campaigns (
    receipt_id BIGINT NOT NULL REFERENCES receipts (id),
    campaign_id BIGINT NOT NULL REFERENCES campaigns (id),
    version_id BIGINT NOT NULL REFERENCES campaign_versions (id),
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    points BIGINT NOT NULL,
    parts {{json}} NOT NULL,
    granted_at {{time}} NOT NULL,
    UNIQUE (receipt_id, campaign_id)
);
CREATE INDEX receipt_campaigns_participant ON receipt_campaigns (participant_id, campaign_id);
