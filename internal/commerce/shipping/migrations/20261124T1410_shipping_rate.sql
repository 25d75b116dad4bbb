-- +goose Up

-- What carriers answered, by a hash of all that the answer depends on; without rates the carrier gave none. It is a cache:
-- what is lost is asked again.
create table shipping_rate (
  id uuid primary key,
  organization_id uuid not null,
  key bytea not null,
  channel_id uuid not null,
  rates jsonb,
  answered_at timestamptz not null default now(),
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index shipping_rate_key on shipping_rate (organization_id, key);
create index shipping_rate_expires on shipping_rate (expires_at);

-- +goose Down
drop table shipping_rate;
