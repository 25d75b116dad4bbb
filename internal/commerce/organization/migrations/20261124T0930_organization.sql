-- +goose Up

-- No table has a foreign key from organization_id: the organization comes from the caller and never from what he sends, and
-- every writer would take a share lock on this one row.
create table organization (
  id uuid primary key,
  organization_id uuid not null check (organization_id = id),
  code text not null,
  name text not null,
  language text not null default 'en',
  currency text not null default 'EUR',
  time_zone text not null default 'UTC' check (timezone(time_zone, timestamptz 'epoch') is not null),
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index organization_key on organization (code);

-- +goose Down
drop table organization;
