-- +goose Up
create table customer_address (
  id uuid primary key,
  organization_id uuid not null,
  company text,
  first_name text,
  last_name text,
  street text not null,
  street2 text,
  postal_code text,
  city text not null,
  region text,
  country text not null,
  phone text,
  "primary" boolean not null default false,
  billing boolean not null default false,
  shipping boolean not null default false,
  customer_id uuid not null references customer,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create index customer_address_customer on customer_address (customer_id);
create index customer_address_place on customer_address (organization_id, country, postal_code);
select hanse_protect('customer_address');

-- +goose Down
drop table customer_address;
