-- +goose Up

-- A payment of an order at one channel. What was authorized, captured and refunded are sums; money is never taken above
-- what was authorized nor given back above what was taken, whoever writes.
create table payment (
  id uuid primary key,
  organization_id uuid not null,
  method text not null,
  status text not null default 'pending' check (status in ('pending', 'requiresAction', 'authorized', 'partlyCaptured', 'captured',
    'partlyRefunded', 'refunded', 'voided', 'expired', 'failed')),
  amount numeric(18,4) not null check (amount >= 0),
  currency text not null,
  authorized_amount numeric(18,4) not null default 0,
  captured_amount numeric(18,4) not null default 0,
  refunded_amount numeric(18,4) not null default 0,
  gateway_reference text,
  next_url text,
  instrument text,
  capture_before timestamptz,
  code text,
  message text,
  -- Not told to anybody: how the channel works, the attempt that counts, what the gateway's last word was and when it was asked.
  channel_id uuid,
  online boolean not null default false,
  capture text not null default 'manual' check (capture in ('order', 'shipment', 'manual')),
  attempt_id uuid,
  gateway_status text not null default 'pending',
  asked_at timestamptz not null default '-infinity',
  customer_id uuid not null references customer,
  order_id uuid references sales_order,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1,
  constraint payment_captured_within_authorized check (captured_amount between 0 and authorized_amount),
  constraint payment_refunded_within_captured check (refunded_amount between 0 and captured_amount)
);
create index payment_customer on payment (customer_id, created_at);
create index payment_order on payment (order_id);
create index payment_created on payment (organization_id, created_at);
create index payment_reference on payment (organization_id, gateway_reference) where gateway_reference is not null;
create index payment_waiting on payment (created_at) where status in ('pending', 'requiresAction');
select hanse_protect('payment');
select hanse_inherit_customer('payment', 'sales_order', 'order_id');

-- +goose Down
drop table payment;
