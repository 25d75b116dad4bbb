-- +goose Up

-- A postal code as ranges compare it: capitals and digits alone, so that "SW1A 1AA" and "sw1a1aa" are one.
-- +goose StatementBegin
create function tax_postal_code(code text) returns text language sql immutable parallel safe
return regexp_replace(upper(code), '[^A-Z0-9]', '', 'g') collate "C";
-- +goose StatementEnd

create table customer_tax_code (
  id uuid primary key,
  organization_id uuid not null,
  code text not null,
  name text not null,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index customer_tax_code_key on customer_tax_code (organization_id, code);

create table product_tax_code (
  id uuid primary key,
  organization_id uuid not null,
  code text not null,
  name text not null,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index product_tax_code_key on product_tax_code (organization_id, code);

create table tax_jurisdiction (
  id uuid primary key,
  organization_id uuid not null,
  code text not null,
  name text not null,
  country text not null,
  region text,
  postal_code_from text,
  postal_code_to text,
  postal_first text collate "C" generated always as (nullif(tax_postal_code(postal_code_from), '')) stored,
  postal_last text collate "C" generated always as (nullif(tax_postal_code(coalesce(postal_code_to, postal_code_from)), '')) stored,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index tax_jurisdiction_key on tax_jurisdiction (organization_id, code);
create index tax_jurisdiction_country on tax_jurisdiction (organization_id, country);

-- The key begins with the two codes and the jurisdiction, which is what a rate is looked up by.
create table tax_rule (
  id uuid primary key,
  organization_id uuid not null,
  customer_tax_code_id uuid not null references customer_tax_code,
  product_tax_code_id uuid not null references product_tax_code,
  jurisdiction_id uuid not null references tax_jurisdiction,
  valid_from date,
  valid_until date check (valid_until >= valid_from),
  rate numeric(7,4) not null check (rate >= 0),
  name text not null,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index tax_rule_key on tax_rule
  (customer_tax_code_id, product_tax_code_id, jurisdiction_id, valid_from, organization_id) nulls not distinct;
create index tax_rule_product_tax_code on tax_rule (product_tax_code_id);
create index tax_rule_jurisdiction on tax_rule (jurisdiction_id);

-- +goose Down
drop table tax_rule, tax_jurisdiction, product_tax_code, customer_tax_code;
drop function tax_postal_code(text);
