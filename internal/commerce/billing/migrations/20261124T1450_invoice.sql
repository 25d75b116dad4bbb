-- +goose Up

-- The search column has no index: under row-level security one of full text is not used.
create table invoice (
  id uuid primary key,
  organization_id uuid not null,
  number text not null,
  document_number text,
  invoiced_on date not null,
  due_on date,
  currency text not null,
  net numeric(18,4) not null,
  tax_total numeric(18,4) not null,
  total numeric(18,4) not null,
  document_time timestamptz not null,
  order_id uuid not null references sales_order on delete cascade,
  customer_id uuid not null references customer,
  custom jsonb,
  search tsvector generated always as (setweight(to_tsvector('simple', number), 'A')) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index invoice_key on invoice (organization_id, number);
create index invoice_order on invoice (order_id);
create index invoice_customer on invoice (customer_id, invoiced_on);
create index invoice_invoiced on invoice (organization_id, invoiced_on);
create index invoice_created on invoice (organization_id, created_at);
select hanse_protect('invoice');
select hanse_inherit_customer('invoice', 'sales_order', 'order_id');

create table invoice_line (
  id uuid primary key,
  organization_id uuid not null,
  sequence integer not null,
  position integer,
  sku text,
  name text not null,
  quantity numeric(18,6),
  unit text,
  net numeric(18,4) not null,
  tax_percent numeric(7,4),
  tax_total numeric(18,4) not null,
  invoice_id uuid not null references invoice on delete cascade,
  order_line_id uuid references order_line on delete set null,
  customer_id uuid not null,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index invoice_line_key on invoice_line (invoice_id, sequence, organization_id);
create index invoice_line_order_line on invoice_line (order_line_id);
create index invoice_line_sku on invoice_line (organization_id, sku);
select hanse_protect('invoice_line');
select hanse_inherit_customer('invoice_line', 'invoice', 'invoice_id');

-- +goose Down
drop table invoice_line;
drop table invoice;
