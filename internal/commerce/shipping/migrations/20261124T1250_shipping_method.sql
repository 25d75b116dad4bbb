-- +goose Up
create table shipping_method (
  id uuid primary key,
  organization_id uuid not null,
  code text not null,
  name jsonb not null,
  amount numeric(18,4) not null default 0 check (amount >= 0),
  currency text not null default 'EUR',
  position integer not null default 0,
  status text not null default 'enabled' check (status in ('enabled', 'disabled')),
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index shipping_method_key on shipping_method (organization_id, code);

-- +goose Down
drop table shipping_method;
