-- +goose Up
create table shipment (
  id uuid primary key,
  organization_id uuid not null,
  number text not null,
  shipped_on date not null,
  carrier text,
  service text,
  tracking_number text,
  tracking_url text,
  weight numeric(12,3) check (weight >= 0),
  parcels jsonb,
  document_time timestamptz not null,
  order_id uuid not null references sales_order on delete cascade,
  customer_id uuid not null,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index shipment_key on shipment (order_id, number, organization_id);
create index shipment_customer on shipment (customer_id, created_at);
create index shipment_number on shipment (organization_id, number);
create index shipment_created on shipment (organization_id, created_at);
create index shipment_tracking_number on shipment (organization_id, tracking_number) where tracking_number is not null;
select hanse_protect('shipment');
select hanse_inherit_customer('shipment', 'sales_order', 'order_id');

-- A line is of its shipment's order: what is shipped is added up by it.
create table shipment_line (
  id uuid primary key,
  organization_id uuid not null,
  position integer not null,
  sku text not null,
  quantity numeric(18,6) not null check (quantity > 0),
  shipment_id uuid not null references shipment on delete cascade,
  order_line_id uuid not null references order_line,
  customer_id uuid not null,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index shipment_line_key on shipment_line (shipment_id, position, organization_id);
create index shipment_line_order_line on shipment_line (order_line_id);
create index shipment_line_sku on shipment_line (organization_id, sku);
select hanse_protect('shipment_line');
select hanse_inherit_customer('shipment_line', 'shipment', 'shipment_id');

-- +goose Down
drop table shipment_line;
drop table shipment;
