-- +goose Up

-- What the ERP says of an order and of its lines, and how far they are charged.
alter table sales_order
  add column document_time timestamptz,
  add column invoiced_total numeric(18,4) not null default 0;
-- A line that the ERP wrote may be of nothing that is counted, or take something off.
alter table order_line
  add column external_status text,
  add column invoiced_quantity numeric(18,6) not null default 0,
  drop constraint order_line_quantity_check,
  drop constraint order_line_price_check,
  add constraint order_line_quantity_check check (quantity >= 0),
  add constraint order_line_counts check (confirmed_quantity >= 0 and shipped_quantity >= 0 and invoiced_quantity >= 0
    and returned_quantity >= 0 and returned_quantity <= shipped_quantity and shipped_quantity <= quantity);

-- +goose Down
alter table order_line drop column external_status, drop column invoiced_quantity, drop constraint order_line_counts,
  drop constraint order_line_quantity_check,
  add constraint order_line_quantity_check check (quantity > 0) not valid,
  add constraint order_line_price_check check (price >= 0) not valid;
alter table sales_order drop column document_time, drop column invoiced_total;
