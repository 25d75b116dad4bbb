-- +goose Up

-- What a customer has ordered and not paid is added up in every order of his.
create index sales_order_credit on sales_order (customer_id, currency) include (total)
  where status <> 'cancelled' and payment_status in ('pending', 'authorized', 'partlyPaid');

-- A placed checkout answers a repeated place with its order.
create trigger checkout_stays before delete on checkout for each row
  when (old.status = 'placed' and pg_trigger_depth() = 0) execute function cart_stays();

-- +goose Down
drop trigger checkout_stays on checkout;
drop index sales_order_credit;
