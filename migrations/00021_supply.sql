-- +goose Up
-- Where certificates come from, in order: "pool", "supplier:NAME" or
-- "supplier:NAME/SKU"; what a prize is worth, and what a person may have.
ALTER TABLE prizes ADD COLUMN sources {{json}} NOT NULL DEFAULT '["pool"]';
ALTER TABLE prizes ADD COLUMN low_stock BIGINT NOT NULL DEFAULT 0;
ALTER TABLE prizes ADD COLUMN value_kopecks BIGINT NOT NULL DEFAULT 0;
ALTER TABLE prizes ADD COLUMN per_person BIGINT NOT NULL DEFAULT 0;
ALTER TABLE prizes ADD COLUMN per_person_days BIGINT NOT NULL DEFAULT 0;
ALTER TABLE prizes ADD COLUMN complain_days BIGINT NOT NULL DEFAULT 30;

-- An award is issued at once, ordered from a supplier first, or gated until tax
-- documents are there; ordered and gated end as issued or returned, issued may
-- end as replaced. counted_at dates it for taxes.
ALTER TABLE awards ADD COLUMN status TEXT NOT NULL DEFAULT 'issued';
ALTER TABLE awards ADD COLUMN campaign_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE awards ADD COLUMN value_kopecks BIGINT NOT NULL DEFAULT 0;
ALTER TABLE awards ADD COLUMN counted_at {{time}};
ALTER TABLE awards ADD COLUMN replaces_id BIGINT REFERENCES certificates (id);
UPDATE awards SET counted_at = awarded_at;
UPDATE awards SET campaign_id = COALESCE((
    SELECT CAST(REPLACE(REPLACE(e.account, 'campaign:', ''), '/spent', '') AS BIGINT) FROM postings p
    JOIN ledger_entries e ON e.posting_id = p.id
    WHERE p.source = awards.source || '/price' AND e.account LIKE 'campaign:%/spent'), 0);
CREATE UNIQUE INDEX awards_replaces ON awards (replaces_id) WHERE replaces_id IS NOT NULL;
CREATE INDEX awards_counted ON awards (counted_at, participant_id);

-- What was asked of a supplier, once for each award and supplier. new → sent →
-- done or failed; sent → late → done or failed; never back. The supplier knows
-- an order by external_id.
CREATE TABLE supply_orders (
    id {{id}},
    external_id TEXT NOT NULL UNIQUE,
    award_id BIGINT NOT NULL REFERENCES awards (id),
    supplier TEXT NOT NULL,
    sku TEXT NOT NULL,
    status TEXT NOT NULL,
    ref TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    tries BIGINT NOT NULL DEFAULT 0,
    ordered_at {{time}} NOT NULL,
    sent_at {{time}},
    ended_at {{time}},
    UNIQUE (award_id, supplier),
    CHECK (status NOT IN ('done', 'failed') OR ended_at IS NOT NULL)
);
CREATE UNIQUE INDEX supply_orders_open ON supply_orders (award_id) WHERE status IN ('new', 'sent');

-- An ordered certificate has the order that brought it; import_id is 0 then.
ALTER TABLE certificates ADD COLUMN order_id BIGINT REFERENCES supply_orders (id);
-- Where the code was seen first: the proof of the first view.
ALTER TABLE certificates ADD COLUMN opened_address_id BIGINT REFERENCES addresses (id);
ALTER TABLE certificates ADD COLUMN opened_by TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX certificates_order ON certificates (order_id) WHERE order_id IS NOT NULL;

-- A supplier that has no more of a product is passed over for a while.
CREATE TABLE supply_pauses (
    prize_id TEXT NOT NULL REFERENCES prizes (id),
    supplier TEXT NOT NULL,
    until {{time}} NOT NULL,
    UNIQUE (prize_id, supplier)
);

-- A pool that was told to be low; the row goes when it is filled again.
CREATE TABLE stock_alerts (
    prize_id TEXT NOT NULL PRIMARY KEY REFERENCES prizes (id),
    free BIGINT NOT NULL,
    since {{time}} NOT NULL
);

-- "The code does not work", once for each certificate.
CREATE TABLE certificate_complaints (
    certificate_id BIGINT NOT NULL PRIMARY KEY REFERENCES certificates (id),
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    problem TEXT NOT NULL,
    complained_at {{time}} NOT NULL
);

-- Accounts of one verified phone count as one person, under its lock.
CREATE TABLE prize_people (
    mark TEXT NOT NULL PRIMARY KEY
);

-- Who handed in the documents for the tax on a calendar year's prizes.
CREATE TABLE tax_clearances (
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    year BIGINT NOT NULL,
    cleared_by TEXT NOT NULL,
    note TEXT NOT NULL,
    cleared_at {{time}} NOT NULL,
    UNIQUE (participant_id, year)
);
