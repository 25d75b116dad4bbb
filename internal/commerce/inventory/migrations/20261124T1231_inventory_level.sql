-- +goose Up

-- No index has a quantity in it, and pages keep room: reserving rewrites a row on its own page.
create table inventory_level (
  id uuid primary key,
  organization_id uuid not null,
  warehouse_id uuid not null references warehouse on delete cascade,
  product_id uuid not null references product on delete cascade,
  unit_id uuid not null references unit,
  on_hand numeric(18,6) not null,
  reserved numeric(18,6) not null default 0 check (reserved >= 0),
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
) with (fillfactor = 80);
create unique index inventory_level_key on inventory_level (warehouse_id, product_id, unit_id, organization_id);
create index inventory_level_product on inventory_level (product_id);

-- What an order holds: one row per line and level, gone when it is released or shipped. order_id and line_id have no foreign
-- key, since orders are of a later area.
create table stock_reservation (
  order_id uuid not null,
  line_id uuid not null,
  level_id uuid not null references inventory_level on delete cascade,
  organization_id uuid not null,
  quantity numeric(18,6) not null check (quantity > 0),
  created_at timestamptz not null default now(),
  primary key (order_id, line_id, level_id)
);
create index stock_reservation_level on stock_reservation (level_id);

-- +goose Down
drop table stock_reservation;
drop table inventory_level;
