-- +goose Up
-- What was quoted, so that a quote for a letter does not ship a piano. Not told to anybody.
alter table shipping_quote add column fingerprint text;

-- +goose Down
alter table shipping_quote drop column fingerprint;
