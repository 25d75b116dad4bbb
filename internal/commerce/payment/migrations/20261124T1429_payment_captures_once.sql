-- +goose Up
-- Whether the gateway takes the reserved money once, letting go of what is left.
alter table payment add column captures_once boolean not null default false;
create index payment_transaction_short on payment_transaction (organization_id, created_at) where code = 'payment_short';

-- +goose Down
drop index payment_transaction_short;
alter table payment drop column captures_once;
