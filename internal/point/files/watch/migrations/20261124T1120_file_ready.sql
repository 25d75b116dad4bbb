-- +goose Up
-- Files that their senders renamed from a temporary name, as the node that served the rename saw it; the node that watches
-- the folder may be another.
create table file_ready (
  organization_id uuid not null,
  partner_id uuid not null references partner on delete cascade,
  path text not null,
  at timestamptz not null default now(),
  primary key (partner_id, path)
);
select hanse_protect('file_ready');

-- +goose Down
drop table file_ready;
