-- +goose Up
alter table warehouse add column street text, add column postal_code text, add column region text;

-- +goose Down
alter table warehouse drop column street, drop column postal_code, drop column region;
