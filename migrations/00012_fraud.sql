-- +goose Up
-- What the velocity rules remember of every verified receipt. bought_at is the
-- shop's wall clock; phone_mark and name_mark are keyed
-- fingerprints, '' where there is none.
CREATE TABLE sightings (
    id {{id}},
    subject TEXT NOT NULL UNIQUE,
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    phone_mark TEXT NOT NULL,
    name_mark TEXT NOT NULL,
    fn TEXT NOT NULL,
    inn TEXT NOT NULL,
    total_kopecks BIGINT NOT NULL,
    bought_at {{time}} NOT NULL,
    submitted_at {{time}} NOT NULL,
    rules TEXT NOT NULL,
    outcome TEXT NOT NULL,
    seen_at {{time}} NOT NULL
);
CREATE INDEX sightings_participant ON sightings (participant_id, submitted_at);
CREATE INDEX sightings_phone ON sightings (phone_mark, submitted_at) WHERE phone_mark <> '';
CREATE INDEX sightings_till ON sightings (fn, bought_at);
CREATE INDEX sightings_inn ON sightings (inn, submitted_at) WHERE inn <> '';

INSERT INTO sightings (subject, participant_id, phone_mark, name_mark, fn, inn, total_kopecks, bought_at, submitted_at, rules, outcome, seen_at)
SELECT 'receipt:' || r.id, r.participant_id, COALESCE(p.phone_mac, ''), COALESCE(p.name_mac, ''), r.fn, r.seller_inn, r.total_kopecks,
    r.purchased_at, r.submitted_at, '', 'allow', r.verified_at
FROM receipts r JOIN participants p ON p.id = r.participant_id WHERE r.verified_at IS NOT NULL ORDER BY r.id;

-- What is counted across people is locked by a row, so that no limit leaks. A
-- till that many people bought at is marked.
CREATE TABLE sighted_keys (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    seen BIGINT NOT NULL,
    suspicious_at {{time}},
    UNIQUE (kind, value)
);

-- The rules that receipts were judged by, by their version.
CREATE TABLE rule_sets (
    version TEXT NOT NULL PRIMARY KEY,
    rules {{json}} NOT NULL,
    since {{time}} NOT NULL
);

-- A rule that a person has set aside for a participant, for a time.
CREATE TABLE rule_exemptions (
    id {{id}},
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    rule TEXT NOT NULL,
    until {{time}} NOT NULL,
    decided_by TEXT NOT NULL,
    note TEXT NOT NULL,
    made_at {{time}} NOT NULL
);
CREATE INDEX rule_exemptions_participant ON rule_exemptions (participant_id);

ALTER TABLE cases ADD COLUMN kind TEXT NOT NULL DEFAULT 'review';
ALTER TABLE cases ADD COLUMN score BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN rules TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN due_at {{time}};
CREATE INDEX cases_participant ON cases (participant_id, id);

-- A settlement that waits: until then it is put off, or its points are held.
CREATE TABLE receipt_holds (
    receipt_id BIGINT NOT NULL PRIMARY KEY REFERENCES receipts (id),
    tier TEXT NOT NULL,
    until {{time}} NOT NULL
);

-- waived is a reason that no longer counts, since an appeal was granted.
ALTER TABLE receipts ADD COLUMN waived TEXT NOT NULL DEFAULT '';
ALTER TABLE receipts ADD COLUMN appealed_at {{time}};

-- A refusal that its participant disputed, once.
CREATE TABLE appeals (
    receipt_id BIGINT NOT NULL PRIMARY KEY REFERENCES receipts (id),
    participant_id BIGINT NOT NULL REFERENCES participants (id),
    reason TEXT NOT NULL,
    facts {{json}} NOT NULL,
    other_id BIGINT REFERENCES receipts (id),
    appealed_at {{time}} NOT NULL,
    due_at {{time}} NOT NULL
);
CREATE INDEX appeals_participant ON appeals (participant_id, appealed_at);
