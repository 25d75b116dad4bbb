-- +goose Up
create table checkout (
  id uuid primary key,
  organization_id uuid not null,
  status text not null default 'open' check (status in ('open', 'placed')),
  payment_method text not null default 'paymentTerm' check (payment_method in ('paymentTerm')),
  po_number text,
  requested_date date,
  notes text,
  cart_id uuid not null references cart on delete cascade,
  customer_id uuid not null,
  shipping_address_id uuid references customer_address on delete set null,
  billing_address_id uuid references customer_address on delete set null,
  shipping_method_id uuid references shipping_method on delete set null,
  payment_term_id uuid references payment_term on delete set null,
  order_id uuid references sales_order on delete set null,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create index checkout_cart on checkout (cart_id);
create index checkout_customer on checkout (customer_id, created_at);
create index checkout_shipping_address on checkout (shipping_address_id);
create index checkout_billing_address on checkout (billing_address_id);
create index checkout_order on checkout (order_id);
select hanse_protect('checkout');
select hanse_inherit_customer('checkout', 'cart', 'cart_id');

-- +goose Down
drop table checkout;
