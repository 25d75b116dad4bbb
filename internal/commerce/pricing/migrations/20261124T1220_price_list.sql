-- +goose Up
create table price_list (
  id uuid primary key,
  organization_id uuid not null,
  code text not null,
  name text not null,
  status text not null default 'enabled' check (status in ('enabled', 'disabled')),
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index price_list_key on price_list (organization_id, code);

create table price_list_assignment (
  id uuid primary key,
  organization_id uuid not null,
  priority integer not null default 0,
  price_list_id uuid not null references price_list on delete cascade,
  website_id uuid references website on delete cascade,
  customer_group_id uuid references customer_group on delete cascade,
  customer_id uuid references customer on delete cascade,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1,
  check (num_nonnulls(website_id, customer_group_id, customer_id) = 1)
);
create unique index price_list_assignment_key on price_list_assignment
  (price_list_id, website_id, customer_group_id, customer_id, organization_id) nulls not distinct;
create index price_list_assignment_website on price_list_assignment (website_id) where website_id is not null;
create index price_list_assignment_group on price_list_assignment (customer_group_id) where customer_group_id is not null;
create index price_list_assignment_customer on price_list_assignment (customer_id) where customer_id is not null;

-- +goose Down
drop table price_list_assignment;
drop table price_list;
