-- +goose Up
create table order_line (
  id uuid primary key,
  organization_id uuid not null,
  position integer not null,
  sku text not null,
  name text not null,
  quantity numeric(18,6) not null check (quantity > 0),
  price numeric(18,6) not null check (price >= 0),
  per numeric(12,3) not null check (per > 0),
  row_total numeric(18,4) not null,
  price_list text,
  note text,
  order_id uuid not null references sales_order on delete cascade,
  product_id uuid references product on delete set null,
  unit_id uuid not null references unit,
  customer_id uuid not null,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index order_line_key on order_line (order_id, position, organization_id);
create index order_line_product on order_line (product_id);
create index order_line_sku on order_line (organization_id, sku);
select hanse_protect('order_line');
select hanse_inherit_customer('order_line', 'sales_order', 'order_id');

-- +goose Down
drop table order_line;
