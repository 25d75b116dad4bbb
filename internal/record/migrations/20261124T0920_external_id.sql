-- +goose Up

-- The names of records in other systems; any number per record, each at most once per type and system.
create table external_id (
  organization_id uuid not null,
  type text not null,
  system text not null,
  external_id text not null,
  record_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, type, system, external_id)
);
create index external_id_record on external_id (record_id);

-- +goose Down
drop table external_id;
