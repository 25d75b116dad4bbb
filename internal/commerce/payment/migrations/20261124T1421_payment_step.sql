-- +goose Up
alter table payment_transaction drop constraint payment_transaction_status_check;
alter table payment_transaction add constraint payment_transaction_status_check
  check (status in ('pending', 'succeeded', 'failed', 'requiresAction'));
alter table payment_transaction
  add column code text,
  add column instrument text,
  add column next_url text,
  add column reason text,
  add column payment_id uuid references payment,
  -- Not told to anybody: the channel, and the gateway's number of the payment that an authorization or check began.
  add column channel_id uuid,
  add column payment_reference text;
create index payment_transaction_payment on payment_transaction (payment_id);
create index payment_transaction_attempt on payment_transaction (channel_id, payment_reference) where payment_reference is not null;
drop index payment_transaction_reference;
create unique index payment_transaction_reference on payment_transaction (organization_id, method, gateway_reference)
  where gateway_reference is not null;

-- +goose Down
drop index payment_transaction_reference;
create index payment_transaction_reference on payment_transaction (organization_id, gateway_reference) where gateway_reference is not null;
alter table payment_transaction drop column code, drop column instrument, drop column next_url, drop column reason,
  drop column payment_id, drop column channel_id, drop column payment_reference;
update payment_transaction set status = 'pending' where status = 'requiresAction';
alter table payment_transaction drop constraint payment_transaction_status_check;
alter table payment_transaction add constraint payment_transaction_status_check check (status in ('pending', 'succeeded', 'failed'));
