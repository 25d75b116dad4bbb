-- +goose Up
-- Buyers look for a part by the number that its maker gave it.
create index product_manufacturer_number on product (organization_id, manufacturer_number) where manufacturer_number is not null;

-- +goose Down
drop index product_manufacturer_number;
