-- +goose Up
create table user_account (
  id uuid primary key,
  organization_id uuid not null,
  email text not null check (email = lower(email)),
  first_name text,
  last_name text,
  phone text,
  language text,
  status text not null default 'enabled' check (status in ('enabled', 'disabled')),
  business_unit_id uuid references business_unit on delete set null,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index user_account_key on user_account (organization_id, email);
create index user_account_business_unit on user_account (business_unit_id);
select hanse_protect('user_account');

-- +goose Down
drop table user_account;
