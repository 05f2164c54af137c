-- +goose Up
-- What was granted out of a campaign's budget and not given back: altogether
-- (day ''), and on each day of its zone. Only campaigns with a budget have
-- these rows; whoever grants locks them.
CREATE TABLE campaign_budgets (
    campaign_id BIGINT NOT NULL REFERENCES campaigns (id),
    day TEXT NOT NULL,
    points BIGINT NOT NULL CHECK (points >= 0),
    UNIQUE (campaign_id, day)
);

-- Each posting's share of that; below zero it was given back.
CREATE TABLE budget_entries (
    id {{id}},
    source TEXT NOT NULL,
    subject TEXT NOT NULL,
    campaign_id BIGINT NOT NULL REFERENCES campaigns (id),
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    day TEXT NOT NULL,
    points BIGINT NOT NULL CHECK (points <> 0),
    UNIQUE (source, day)
);
CREATE INDEX budget_entries_subject ON budget_entries (subject);
CREATE INDEX budget_entries_participant ON budget_entries (campaign_id, participant_id, day);

-- The parts of what a receipt brought; null: all of it is for lines and the
-- first receipt. The region is that of the shop, where the ticket tells it.
ALTER TABLE receipts ADD COLUMN parts {{json}};
ALTER TABLE receipts ADD COLUMN region TEXT NOT NULL DEFAULT '';
