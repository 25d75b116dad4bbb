-- +goose Up

-- The key begins with list and product, which is what a buyer's price is looked up by; it has no amount in it, so that a
-- changed price touches no index. Fill factor: the new version of a row stays on its page.
create table price (
  id uuid primary key,
  organization_id uuid not null,
  price_list_id uuid not null references price_list on delete cascade,
  product_id uuid not null references product on delete cascade,
  unit_id uuid not null references unit,
  currency text not null,
  min_quantity numeric(18,6) not null default 0 check (min_quantity >= 0),
  valid_from date,
  valid_until date check (valid_until >= valid_from),
  amount numeric(18,6) not null check (amount >= 0),
  per numeric(12,3) not null default 1 check (per > 0),
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
) with (fillfactor = 90);
create unique index price_key on price
  (price_list_id, product_id, unit_id, currency, min_quantity, valid_from, organization_id) nulls not distinct;
create index price_product on price (product_id);

-- +goose Down
drop table price;
