-- +goose Up
create table customer_group (
  id uuid primary key,
  organization_id uuid not null,
  code text not null,
  name text not null,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index customer_group_key on customer_group (organization_id, code);

-- +goose Down
drop table customer_group;
