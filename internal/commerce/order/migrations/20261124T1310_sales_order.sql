-- +goose Up
create sequence sales_order_number;

-- order is a word of SQL, hence the table's other name. Its search column has no index: under row-level security one of
-- full text is not used.
create table sales_order (
  id uuid primary key,
  organization_id uuid not null,
  number text not null,
  po_number text,
  status text not null default 'open'
    check (status in ('pending', 'open', 'confirmed', 'processing', 'completed', 'cancelled')),
  external_status text,
  payment_status text not null default 'pending'
    check (payment_status in ('pending', 'authorized', 'partlyPaid', 'paid', 'declined', 'cancelled', 'refunded')),
  shipping_status text not null default 'open' check (shipping_status in ('open', 'partlyShipped', 'shipped')),
  currency text not null,
  subtotal numeric(18,4) not null default 0,
  shipping_total numeric(18,4) not null default 0,
  tax_total numeric(18,4) not null default 0,
  discount_total numeric(18,4) not null default 0,
  total numeric(18,4) not null default 0,
  payment_method text not null check (payment_method in ('paymentTerm')),
  requested_date date,
  notes text,
  placed_at timestamptz not null default now(),
  exported_at timestamptz,
  collected_at timestamptz,
  accepted_at timestamptz,
  refused_at timestamptz,
  external_message text,
  internal_note text,
  customer_id uuid not null references customer,
  customer_user_id uuid references customer_user on delete set null,
  website_id uuid references website on delete set null,
  shipping_method_id uuid references shipping_method on delete set null,
  payment_term_id uuid references payment_term on delete set null,
  custom jsonb,
  search tsvector generated always as (
    setweight(to_tsvector('simple', number || ' ' || coalesce(po_number, '')), 'A')) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
) with (fillfactor = 90);
create unique index sales_order_key on sales_order (organization_id, number);
create index sales_order_customer on sales_order (customer_id, placed_at);
create index sales_order_customer_user on sales_order (customer_user_id);
create index sales_order_website on sales_order (website_id);
create index sales_order_status on sales_order (organization_id, status, placed_at);
create index sales_order_placed on sales_order (organization_id, placed_at);
create index sales_order_updated on sales_order (organization_id, updated_at);
create index sales_order_po_number on sales_order (organization_id, po_number) where po_number is not null;
select hanse_protect('sales_order');

alter table payment_transaction add column order_id uuid references sales_order;
create index payment_transaction_order on payment_transaction (order_id);
select hanse_inherit_customer('payment_transaction', 'sales_order', 'order_id');

-- +goose Down
alter table payment_transaction drop column order_id;
drop table sales_order;
drop sequence sales_order_number;
