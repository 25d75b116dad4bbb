-- +goose Up
create table partner (
  id uuid primary key,
  organization_id uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1,
  custom jsonb,
  code text not null,
  name text not null,
  status text not null default 'enabled' check (status in ('enabled', 'disabled')),
  language text not null default 'en',
  settings jsonb,
  allowlist jsonb
);
create unique index partner_key on partner (organization_id, code);

create table channel (
  id uuid primary key,
  organization_id uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1,
  custom jsonb,
  code text not null,
  name text not null,
  kind text not null,
  enabled boolean not null default true,
  settings jsonb,
  partner_id uuid references partner
);
create unique index channel_key on channel (organization_id, code);
create index channel_kind on channel (organization_id, kind);
create index channel_partner on channel (partner_id);

-- +goose Down
drop table channel, partner;
