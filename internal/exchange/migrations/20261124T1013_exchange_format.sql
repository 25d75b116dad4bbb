-- +goose Up
alter table exchange add column format text; -- as what a file was read: encoding, separator, decimal marks

-- +goose Down
alter table exchange drop column format;
