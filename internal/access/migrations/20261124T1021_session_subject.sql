-- +goose Up
-- Whose a session is, so that a request finds its caller in one statement; the data is the session library's own.
alter table session add column subject_id uuid, add column website text, add column deadline timestamptz;

-- +goose Down
alter table session drop column subject_id, drop column website, drop column deadline;
