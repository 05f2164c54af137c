-- +goose Up
-- What a photo that could not be read has left for the next photo of the same
-- receipt. It goes when it has served, and after an hour in any case.
CREATE TABLE photo_traces (
    receipt_id BIGINT NOT NULL PRIMARY KEY REFERENCES receipts (id),
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    trace {{bytes}} NOT NULL,
    kept_at {{time}} NOT NULL
);
CREATE INDEX photo_traces_participant ON photo_traces (participant_id, receipt_id);

-- The picture with the place marked that could not be read; null: none.
ALTER TABLE receipt_photos ADD COLUMN marked {{bytes}};
