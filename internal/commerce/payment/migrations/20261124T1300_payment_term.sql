-- +goose Up
create table payment_term (
  id uuid primary key,
  organization_id uuid not null,
  code text not null,
  name jsonb not null,
  net_days integer not null default 0 check (net_days >= 0),
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index payment_term_key on payment_term (organization_id, code);

alter table customer add column payment_term_id uuid references payment_term on delete set null;
create index customer_payment_term on customer (payment_term_id);

-- +goose Down
alter table customer drop column payment_term_id;
drop table payment_term;
