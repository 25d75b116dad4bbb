-- +goose Up
create table warehouse (
  id uuid primary key,
  organization_id uuid not null,
  code text not null,
  name text not null,
  status text not null default 'enabled' check (status in ('enabled', 'disabled')),
  priority integer not null default 0,
  city text,
  country text,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index warehouse_key on warehouse (organization_id, code);

-- +goose Down
drop table warehouse;
