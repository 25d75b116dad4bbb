-- +goose Up

-- A service is taken back though no parcel told that it left; how many of a line can come back is checked by the refund.
alter table order_line
  drop constraint order_line_counts,
  add constraint order_line_counts check (confirmed_quantity >= 0 and shipped_quantity >= 0 and invoiced_quantity >= 0
    and returned_quantity >= 0 and returned_quantity <= quantity and shipped_quantity <= quantity);

-- +goose Down
alter table order_line
  drop constraint order_line_counts,
  add constraint order_line_counts check (confirmed_quantity >= 0 and shipped_quantity >= 0 and invoiced_quantity >= 0
    and returned_quantity >= 0 and returned_quantity <= shipped_quantity and shipped_quantity <= quantity) not valid;
