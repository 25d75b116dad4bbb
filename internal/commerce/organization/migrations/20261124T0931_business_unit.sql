-- +goose Up
create table business_unit (
  id uuid primary key,
  organization_id uuid not null,
  code text not null,
  name text not null,
  email text,
  phone text,
  parent_id uuid references business_unit on delete set null,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index business_unit_key on business_unit (organization_id, code);
create index business_unit_parent on business_unit (parent_id);

-- +goose Down
drop table business_unit;
