-- +goose Up
-- The ledger is listed newest first.
create index exchange_created on exchange (organization_id, created_at);

-- +goose Down
drop index exchange_created;
