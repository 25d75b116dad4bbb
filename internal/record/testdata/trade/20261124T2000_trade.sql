-- +goose Up
create table item_group (
  id uuid primary key, organization_id uuid not null, created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(), revision bigint not null default 1, custom jsonb,
  code text not null, name jsonb, parent_id uuid references item_group (id));
create unique index item_group_key on item_group (organization_id, code) nulls not distinct;
create index on item_group (parent_id);

create table item (
  id uuid primary key, organization_id uuid not null, created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(), revision bigint not null default 1, custom jsonb,
  sku text not null, name jsonb not null, status text not null check (status in ('enabled', 'disabled')),
  weight numeric(12,3), stock integer, active boolean, since date, seen_at timestamptz, attributes jsonb,
  passphrase text, origin text, rank integer, group_id uuid references item_group (id));
create unique index item_key on item (organization_id, sku) nulls not distinct;
create index on item (group_id);

create table item_unit (
  id uuid primary key, organization_id uuid not null, created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(), revision bigint not null default 1, custom jsonb,
  item_id uuid not null references item (id), code text not null, factor numeric(15,6) not null);
create unique index item_unit_key on item_unit (organization_id, item_id, code) nulls not distinct;

create table rate_list (
  id uuid primary key, organization_id uuid not null, created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(), revision bigint not null default 1, custom jsonb,
  code text not null);
create unique index rate_list_key on rate_list (organization_id, code) nulls not distinct;

create table rate (
  id uuid primary key, organization_id uuid not null, created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(), revision bigint not null default 1, custom jsonb,
  list_id uuid not null references rate_list (id), item_id uuid not null references item (id),
  currency text not null, min_quantity numeric(15,3) not null, valid_from timestamptz,
  amount numeric(19,6) not null, per integer not null);
create unique index rate_key on rate (organization_id, list_id, item_id, currency, min_quantity, valid_from) nulls not distinct;
create index on rate (item_id);

create table buyer (
  id uuid primary key, organization_id uuid not null, created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(), revision bigint not null default 1, custom jsonb,
  number text not null);
create unique index buyer_key on buyer (organization_id, number) nulls not distinct;

create table basket (
  id uuid primary key, organization_id uuid not null, created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(), revision bigint not null default 1, custom jsonb,
  customer_id uuid not null references buyer (id), label text, note text);
select hanse_protect('basket');

create table basket_line (
  id uuid primary key, organization_id uuid not null, created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(), revision bigint not null default 1, custom jsonb,
  basket_id uuid not null references basket (id), item_id uuid not null references item (id), quantity numeric(15,3) not null);
create unique index basket_line_key on basket_line (organization_id, basket_id, item_id) nulls not distinct;

create table posting (
  id uuid primary key, organization_id uuid not null, created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(), revision bigint not null default 1, custom jsonb,
  number text not null, amount numeric(19,6));
create unique index posting_key on posting (organization_id, number) nulls not distinct;

create table note (
  id uuid primary key, organization_id uuid not null, created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(), revision bigint not null default 1, custom jsonb,
  text text, owner_id uuid references buyer (id));
create index on note (owner_id);
