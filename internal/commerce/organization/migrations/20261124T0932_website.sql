-- +goose Up
create table website (
  id uuid primary key,
  organization_id uuid not null,
  code text not null,
  name text not null,
  url text,
  currency text not null default 'EUR',
  language text not null default 'en',
  status text not null default 'enabled' check (status in ('enabled', 'disabled')),
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index website_key on website (organization_id, code);

-- +goose Down
drop table website;
