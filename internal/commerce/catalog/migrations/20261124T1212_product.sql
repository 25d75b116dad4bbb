-- +goose Up

-- A column named search holds the text of the fields that have a search weight; a table has it where any field has one.
create table product (
  id uuid primary key,
  organization_id uuid not null,
  sku text not null,
  name jsonb not null,
  description jsonb,
  kind text not null default 'simple' check (kind in ('simple', 'service')),
  status text not null default 'enabled' check (status in ('enabled', 'disabled')),
  gtin text,
  brand text,
  manufacturer_number text,
  weight numeric(12,3),
  attributes jsonb,
  category_id uuid references category on delete set null,
  unit_id uuid references unit,
  custom jsonb,
  search tsvector generated always as (
    setweight(to_tsvector('simple', sku), 'A') || setweight(to_tsvector('simple', name), 'A')
    || setweight(to_tsvector('simple', coalesce(gtin, '') || ' ' || coalesce(brand, '') || ' ' || coalesce(manufacturer_number, '')), 'B')
    || setweight(to_tsvector('simple', coalesce(description, '{}'::jsonb)), 'C')) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index product_key on product (organization_id, sku);
create index product_category on product (category_id, sku);
create index product_name on product (organization_id, (name->>'en'));
create index product_gtin on product (organization_id, gtin) where gtin is not null;
create index product_brand on product (organization_id, brand) where brand is not null;
create index product_updated on product (organization_id, updated_at);
create index product_search on product using gin (search);

-- +goose StatementBegin
create function product_base_unit() returns trigger language plpgsql as $$
begin
  select u.id into new.unit_id from unit u where u.organization_id = new.organization_id and u.code = 'C62';
  return new;
end $$;
-- +goose StatementEnd
create trigger product_base_unit before insert or update on product
  for each row when (new.unit_id is null) execute function product_base_unit();

-- +goose Down
drop table product;
drop function product_base_unit();
