-- +goose Up
create table gadget (
  id uuid primary key,
  organization_id uuid not null,
  code text not null,
  title jsonb not null,
  finish text not null default 'rough' check (finish in ('rough', 'polished')),
  status text not null default 'enabled' check (status in ('enabled', 'disabled')),
  length numeric(12,3),
  handmade boolean not null default false,
  made_on date,
  shine numeric(6,2),
  maker text,
  category_id uuid references category on delete set null,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index gadget_key on gadget (organization_id, code);
create index gadget_category on gadget (category_id);

create table gadget_part (
  id uuid primary key,
  organization_id uuid not null,
  position integer not null,
  name text not null,
  gadget_id uuid not null references gadget on delete cascade,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index gadget_part_key on gadget_part (organization_id, gadget_id, position);

-- +goose Down
drop table gadget_part;
drop table gadget;
