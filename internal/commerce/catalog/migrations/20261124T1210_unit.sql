-- +goose Up
create table unit (
  id uuid primary key,
  organization_id uuid not null,
  code text not null,
  name jsonb not null,
  precision integer not null default 0 check (precision between 0 and 6),
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index unit_key on unit (organization_id, code);

create table unit_alias (
  id uuid primary key,
  organization_id uuid not null,
  alias text not null,
  system text,
  preferred boolean not null default false,
  unit_id uuid not null references unit,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index unit_alias_key on unit_alias (organization_id, alias, system) nulls not distinct;
create index unit_alias_unit on unit_alias (unit_id);

-- +goose Down
drop table unit_alias;
drop table unit;
