-- +goose Up

-- When the partner's system gave the answer that stands, by its own clock: files overtake each other.
alter table exchange add column acknowledgement_time timestamptz;

-- +goose Down
alter table exchange drop column acknowledgement_time;
