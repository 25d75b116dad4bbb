-- +goose Up
-- One row for each finished command that came with an Idempotency-Key; a schedule deletes rows older than 30 days.
CREATE TABLE idempotency_key (
    organization_id uuid        NOT NULL,
    actor           text        NOT NULL,
    key             text        NOT NULL,
    command         text        NOT NULL,
    request_hash    bytea       NOT NULL,
    result_id       uuid,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, actor, key)
);
CREATE INDEX idempotency_key_created_at ON idempotency_key (created_at);
