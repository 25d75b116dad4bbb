-- +goose Up
create table payment_transaction (
  id uuid primary key,
  organization_id uuid not null,
  action text not null check (action in ('validate', 'authorize', 'capture', 'cancel', 'refund')),
  status text not null check (status in ('pending', 'succeeded', 'failed')),
  method text not null,
  amount numeric(18,4) not null,
  currency text not null,
  gateway_reference text,
  message text,
  customer_id uuid not null references customer,
  source_id uuid references payment_transaction,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create index payment_transaction_customer on payment_transaction (customer_id, created_at);
create index payment_transaction_source on payment_transaction (source_id);
create index payment_transaction_reference on payment_transaction (organization_id, gateway_reference)
  where gateway_reference is not null;
create index payment_transaction_created on payment_transaction (organization_id, created_at);
select hanse_protect('payment_transaction');

-- +goose Down
drop table payment_transaction;
