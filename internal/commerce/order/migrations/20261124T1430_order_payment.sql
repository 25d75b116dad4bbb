-- +goose Up
select set_config('hanse.side', 'system', true); -- orders are protected, and the rows of all organizations change

-- A way of paying is a channel, so any code goes; how far an order is paid is told in the words of its payment.
alter table sales_order drop constraint sales_order_payment_method_check, drop constraint sales_order_payment_status_check;
drop index sales_order_credit;
update sales_order set payment_status = case payment_status when 'partlyPaid' then 'partlyCaptured' when 'paid' then 'captured'
  when 'declined' then 'failed' when 'cancelled' then 'voided' end
where payment_status in ('partlyPaid', 'paid', 'declined', 'cancelled');
alter table sales_order add constraint sales_order_payment_status_check check (payment_status in ('pending', 'requiresAction', 'authorized',
  'partlyCaptured', 'captured', 'partlyRefunded', 'refunded', 'voided', 'expired', 'failed'));

alter table sales_order
  add column shipping_tax numeric(18,4) not null default 0,
  add column tax_included boolean not null default false,
  add column taxes jsonb,
  add column carrier text,
  add column shipping_service text,
  add column shipping_name text,
  add column shipping_quoted_later boolean not null default false,
  add column cancelled_at timestamptz,
  add column external boolean not null default false;

-- What a customer has ordered on account and not paid is added up in every order of his.
create index sales_order_credit on sales_order (customer_id, currency) include (total) where payment_term_id is not null
  and status <> 'cancelled' and payment_status in ('pending', 'requiresAction', 'authorized', 'partlyCaptured');

-- A line that the ERP wrote has no unit of ours, and perhaps a price below zero.
alter table order_line
  add column tax_percent numeric(7,4) not null default 0,
  add column tax_total numeric(18,4) not null default 0,
  add column confirmed_quantity numeric(18,6),
  add column confirmed_on date,
  add column shipped_quantity numeric(18,6) not null default 0,
  add column returned_quantity numeric(18,6) not null default 0,
  alter column unit_id drop not null;

-- +goose Down
select set_config('hanse.side', 'system', true);
alter table order_line drop column tax_percent, drop column tax_total, drop column confirmed_quantity, drop column confirmed_on,
  drop column shipped_quantity, drop column returned_quantity;
drop index sales_order_credit;
alter table sales_order drop column shipping_tax, drop column tax_included, drop column taxes, drop column carrier, drop column shipping_service,
  drop column shipping_name, drop column shipping_quoted_later, drop column cancelled_at, drop column external,
  drop constraint sales_order_payment_status_check;
update sales_order set payment_status = case payment_status when 'requiresAction' then 'pending' when 'partlyCaptured' then 'partlyPaid'
  when 'captured' then 'paid' when 'partlyRefunded' then 'paid' when 'voided' then 'cancelled' when 'expired' then 'cancelled' else 'declined' end
where payment_status not in ('pending', 'authorized', 'refunded');
alter table sales_order
  add constraint sales_order_payment_status_check
    check (payment_status in ('pending', 'authorized', 'partlyPaid', 'paid', 'declined', 'cancelled', 'refunded')),
  add constraint sales_order_payment_method_check check (payment_method in ('paymentTerm')) not valid;
create index sales_order_credit on sales_order (customer_id, currency) include (total)
  where status <> 'cancelled' and payment_status in ('pending', 'authorized', 'partlyPaid');
