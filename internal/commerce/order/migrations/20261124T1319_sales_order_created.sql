-- +goose Up
-- Facts are listed newest first.
create index sales_order_created on sales_order (organization_id, created_at);

-- +goose Down
drop index sales_order_created;
