-- +goose Up
-- A lease says which node does a job that only one may do. token grows with each change of holder:
-- whoever writes on the strength of a lease compares it inside his transaction.
create table lease (
	name       text primary key,
	holder     text not null,
	token      bigint not null,
	expires_at timestamptz not null
);

-- +goose Down
drop table lease;
