-- +goose Up
create table customer (
  id uuid primary key,
  organization_id uuid not null,
  number text not null,
  name text not null,
  status text not null default 'enabled' check (status in ('enabled', 'disabled')),
  tax_number text,
  email text,
  phone text,
  language text,
  currency text,
  delivery_terms text,
  credit_limit numeric(18,2),
  order_block boolean not null default false,
  internal_note text,
  parent_id uuid references customer on delete set null,
  group_id uuid references customer_group on delete set null,
  custom jsonb,
  search tsvector generated always as (
    setweight(to_tsvector('simple', number), 'A') || setweight(to_tsvector('simple', name), 'A')
    || setweight(to_tsvector('simple', coalesce(tax_number, '')), 'B')) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index customer_key on customer (organization_id, number);
create index customer_name on customer (organization_id, name);
create index customer_tax_number on customer (organization_id, tax_number) where tax_number is not null;
create index customer_email on customer (organization_id, email) where email is not null;
create index customer_parent on customer (parent_id);
create index customer_group_id on customer (group_id);
create index customer_updated on customer (organization_id, updated_at);
create index customer_search on customer using gin (search);

-- +goose Down
drop table customer;
