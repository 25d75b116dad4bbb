-- +goose Up
create table order_address (
  id uuid primary key,
  organization_id uuid not null,
  kind text not null check (kind in ('billing', 'shipping')),
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
  order_id uuid not null references sales_order on delete cascade,
  customer_id uuid not null,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index order_address_key on order_address (order_id, kind, organization_id);
select hanse_protect('order_address');
select hanse_inherit_customer('order_address', 'sales_order', 'order_id');

-- +goose Down
drop table order_address;
