-- +goose Up
create table category (
  id uuid primary key,
  organization_id uuid not null,
  code text not null,
  name jsonb not null,
  description jsonb,
  position integer not null default 0,
  status text not null default 'enabled' check (status in ('enabled', 'disabled')),
  parent_id uuid references category on delete set null,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index category_key on category (organization_id, code);
create index category_parent on category (parent_id, position);

-- +goose Down
drop table category;
