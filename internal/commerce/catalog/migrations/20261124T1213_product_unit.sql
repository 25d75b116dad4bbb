-- +goose Up
create table product_unit (
  id uuid primary key,
  organization_id uuid not null,
  product_id uuid not null references product on delete cascade,
  unit_id uuid not null references unit,
  factor numeric(18,6) not null default 1 check (factor > 0),
  precision integer check (precision between 0 and 6),
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index product_unit_key on product_unit (product_id, unit_id, organization_id);

-- +goose Down
drop table product_unit;
