-- +goose Up
alter table checkout drop constraint checkout_payment_method_check, drop constraint checkout_status_check;
alter table checkout
  add constraint checkout_status_check check (status in ('open', 'paying', 'placed')),
  add column reviewed_at timestamptz,
  add column currency text,
  add column subtotal numeric(18,4),
  add column shipping_total numeric(18,4),
  add column tax_total numeric(18,4),
  add column total numeric(18,4),
  add column tax_included boolean,
  add column breakdown jsonb,
  add column problems jsonb,
  add column changes jsonb;

create table shipping_quote (
  id uuid primary key,
  organization_id uuid not null,
  code text not null,
  position integer not null,
  name text not null,
  service text,
  channel text,
  kind text not null check (kind in ('fixed', 'live', 'fallback', 'later')),
  amount numeric(18,4) check (amount >= 0),
  currency text not null,
  days integer,
  arrives_on date,
  parcels jsonb,
  pick_up boolean not null default false,
  expires_at timestamptz,
  checkout_id uuid not null references checkout on delete cascade,
  method_id uuid references shipping_method on delete set null,
  customer_id uuid not null,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1,
  check (kind <> 'later' or amount is null)
);
create unique index shipping_quote_key on shipping_quote (checkout_id, code, organization_id);
create index shipping_quote_method on shipping_quote (method_id);
select hanse_protect('shipping_quote');
select hanse_inherit_customer('shipping_quote', 'checkout', 'checkout_id');

alter table checkout add column shipping_quote_id uuid references shipping_quote on delete set null;
create index checkout_shipping_quote on checkout (shipping_quote_id);

-- A checkout that waits for its payment has an order too.
drop trigger checkout_stays on checkout;
create trigger checkout_stays before delete on checkout for each row
  when (old.status <> 'open' and pg_trigger_depth() = 0) execute function cart_stays();

-- +goose Down
drop trigger checkout_stays on checkout;
create trigger checkout_stays before delete on checkout for each row
  when (old.status = 'placed' and pg_trigger_depth() = 0) execute function cart_stays();
alter table checkout drop column shipping_quote_id;
drop table shipping_quote;
alter table checkout drop column reviewed_at, drop column currency, drop column subtotal, drop column shipping_total, drop column tax_total,
  drop column total, drop column tax_included, drop column breakdown, drop column problems, drop column changes,
  drop constraint checkout_status_check;
alter table checkout add constraint checkout_status_check check (status in ('open', 'placed')) not valid,
  add constraint checkout_payment_method_check check (payment_method in ('paymentTerm')) not valid;
