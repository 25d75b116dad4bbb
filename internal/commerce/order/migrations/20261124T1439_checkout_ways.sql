-- +goose Up
alter table checkout add column payment_methods jsonb;

-- +goose Down
alter table checkout drop column payment_methods;
