-- +goose Up
-- Replicas that live; only PostgreSQL has more than one.
CREATE TABLE nodes (
    id TEXT NOT NULL PRIMARY KEY,
    renewed_at {{time}} NOT NULL
);
