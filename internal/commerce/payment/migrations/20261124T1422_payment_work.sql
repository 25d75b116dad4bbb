-- +goose Up

-- What is still to be asked of gateways: a row for each transaction that waits for its call (pay), and for each payment that
-- is under way at a gateway and looked at from time to time (look). The token that stands for a card lies here alone, and
-- goes with the call. A row is claimed for a while by the database's clock; whose claim ends is taken over.
create table payment_work (
  transaction_id uuid primary key references payment_transaction on delete cascade,
  organization_id uuid not null,
  customer_id uuid not null,
  payment_id uuid references payment on delete cascade,
  seq bigint generated always as identity,
  ask text not null default 'pay' check (ask in ('pay', 'look')),
  final boolean not null default false,
  token text,
  return_url text,
  cancel_url text,
  language text,
  tries integer not null default 0,
  due_at timestamptz not null default now() + interval '3 seconds',
  claim uuid,
  claimed_until timestamptz,
  created_at timestamptz not null default now(),
  check (ask = 'pay' or token is null)
);
create index payment_work_due on payment_work (due_at);
create index payment_work_payment on payment_work (payment_id, seq);
select hanse_protect('payment_work');

-- Messages of gateways that had their effect already.
create table payment_event (
  organization_id uuid not null,
  channel_id uuid not null,
  event_id text not null,
  created_at timestamptz not null default now(),
  primary key (channel_id, event_id)
);
create index payment_event_created on payment_event (created_at);
select hanse_protect('payment_event');

-- +goose Down
drop table payment_event;
drop table payment_work;
