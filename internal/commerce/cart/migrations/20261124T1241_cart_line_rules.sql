-- +goose Up

-- What an ordered cart holds stays as it was. Lines are looked at once a statement, behind a lock on their carts: an order
-- of a cart waits for those who are changing its lines, and who comes after the order finds the cart closed. What falls
-- away with its cart or product is not asked.
-- +goose StatementBegin
create function cart_line_open() returns trigger language plpgsql as $$
begin
  perform from cart c where c.id in (select cart_id from changed) order by c.id for share;
  if exists (select from cart c where c.id in (select cart_id from changed) and c.status <> 'open') then
    raise check_violation using table = 'cart_line', message = 'the cart has been ordered and stays as it was; use a new one';
  end if;
  return null;
end $$;
-- +goose StatementEnd

-- A quantity is as fine as the product's unit allows, else as its unit does.
-- +goose StatementBegin
create function cart_line_precision() returns trigger language plpgsql as $$
declare
  bad record;
begin
  select p.sku, trim_scale(l.quantity) as quantity, u.code, coalesce(pu.precision, u.precision) as digits into bad
  from changed l join unit u on u.id = l.unit_id join product p on p.id = l.product_id
  left join product_unit pu on pu.product_id = l.product_id and pu.unit_id = l.unit_id
  where l.quantity <> trunc(l.quantity, coalesce(pu.precision, u.precision)) limit 1;
  if found then
    raise check_violation using table = 'cart_line', column = 'quantity', message = format('%s: the quantity %s %s must %s', bad.sku,
      bad.quantity, bad.code, case bad.digits when 0 then 'be a whole number' else format('have at most %s digit(s) behind the point', bad.digits) end);
  end if;
  return null;
end $$;
-- +goose StatementEnd

create trigger cart_line_open_insert after insert on cart_line referencing new table as changed
  for each statement execute function cart_line_open();
create trigger cart_line_open_update after update on cart_line referencing new table as changed
  for each statement when (pg_trigger_depth() = 0) execute function cart_line_open();
create trigger cart_line_open_delete after delete on cart_line referencing old table as changed
  for each statement when (pg_trigger_depth() = 0) execute function cart_line_open();
create trigger cart_line_precision_insert after insert on cart_line referencing new table as changed
  for each statement execute function cart_line_precision();
create trigger cart_line_precision_update after update on cart_line referencing new table as changed
  for each statement when (pg_trigger_depth() = 0) execute function cart_line_precision();

-- +goose StatementBegin
create function cart_stays() returns trigger language plpgsql as $$
begin
  raise check_violation using table = tg_table_name, message = 'what has been ordered stays as it was and cannot be deleted';
end $$;
-- +goose StatementEnd
create trigger cart_stays before delete on cart for each row
  when (old.status = 'ordered' and pg_trigger_depth() = 0) execute function cart_stays();

-- +goose Down
drop trigger cart_stays on cart;
drop trigger cart_line_precision_update on cart_line;
drop trigger cart_line_precision_insert on cart_line;
drop trigger cart_line_open_delete on cart_line;
drop trigger cart_line_open_update on cart_line;
drop trigger cart_line_open_insert on cart_line;
drop function cart_stays();
drop function cart_line_precision();
drop function cart_line_open();
