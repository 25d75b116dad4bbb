-- +goose Up

-- What buyers see of a channel, whether it rests, and how it fares. Health is written beside the revision, which is that of
-- what an administrator set.
alter table channel
  add column label jsonb,
  add column position integer not null default 0,
  add column paused_at timestamptz,
  add column checks jsonb,
  add column checked_at timestamptz,
  add column last_success_at timestamptz,
  add column last_failure_at timestamptz,
  add column last_failure text,
  add column open_errors integer not null default 0,
  add column latency numeric(12,3);

-- The websites that a channel is for; none is all. A website that is named cannot be deleted, since a channel that is for
-- one website only would then be for all.
create table channel_website (
  id uuid primary key,
  organization_id uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1,
  custom jsonb,
  channel_id uuid not null references channel on delete cascade,
  website_id uuid not null
);
create unique index channel_website_key on channel_website (organization_id, channel_id, website_id);
create index channel_website_channel on channel_website (channel_id);
create index channel_website_website on channel_website (website_id);
-- +goose StatementBegin
do $$ begin
  if to_regclass('website') is not null then -- the core can be built without the business
    alter table channel_website add foreign key (website_id) references website;
  end if;
end $$;
-- +goose StatementEnd

-- Secret settings, sealed by package secret. No request reads them: the host of channels does, as the platform.
create table channel_secret (
  id uuid primary key,
  organization_id uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1,
  channel_id uuid not null references channel on delete cascade,
  name text not null,
  sealed bytea not null
);
create unique index channel_secret_key on channel_secret (channel_id, name);
select hanse_protect('channel_secret');

-- A call of a module is a message with an answer.
alter table exchange add column http_status integer, add column duration numeric(12,3);

-- +goose Down
alter table exchange drop column http_status, drop column duration;
drop table channel_secret, channel_website;
alter table channel drop column label, drop column position, drop column paused_at, drop column checks, drop column checked_at,
  drop column last_success_at, drop column last_failure_at, drop column last_failure, drop column open_errors, drop column latency;
