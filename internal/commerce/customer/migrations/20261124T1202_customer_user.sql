-- +goose Up
create table customer_user (
  id uuid primary key,
  organization_id uuid not null,
  email text not null check (email = lower(email)),
  first_name text,
  last_name text,
  phone text,
  language text,
  status text not null default 'enabled' check (status in ('enabled', 'disabled')),
  customer_id uuid not null references customer,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index customer_user_key on customer_user (organization_id, email);
create index customer_user_customer on customer_user (customer_id);
create index customer_user_updated on customer_user (organization_id, updated_at);
select hanse_protect('customer_user');

-- +goose Down
drop table customer_user;
