-- +goose Up

-- Who may log in by what. Subjects are users, customer users, partners and API clients; their tables belong to other areas
-- and are not referred to. Requests never see these rows: package access reads them as the platform.
create table credential (
  id uuid primary key,
  organization_id uuid not null,
  subject_kind text not null check (subject_kind in ('user', 'customerUser', 'partner', 'apiClient')),
  subject_id uuid not null,
  kind text not null check (kind in ('password', 'publicKey', 'secret')),
  value text not null, -- an argon2id hash, a key's SHA256:… fingerprint, a secret's SHA-256 in hex
  label text not null default '',
  created_at timestamptz not null default now(),
  unique (subject_id, kind, value)
);
create unique index credential_password on credential (subject_id) where kind = 'password';
select hanse_protect('credential');

-- A partner's name at the SFTP server, where no organization can be told.
create table partner_login (
  login text primary key,
  organization_id uuid not null,
  partner_id uuid not null,
  home text not null unique
);
create index partner_login_partner on partner_login (partner_id);

create table role (
  id uuid primary key,
  organization_id uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1,
  custom jsonb,
  code text not null,
  name text not null,
  permissions jsonb
);
create unique index role_key on role (organization_id, code);

create table user_role (
  id uuid primary key,
  organization_id uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1,
  custom jsonb,
  user_id uuid not null,
  role_id uuid not null references role
);
create unique index user_role_key on user_role (organization_id, user_id, role_id);
create index user_role_user on user_role (user_id);
create index user_role_role on user_role (role_id);
-- Staff is the organization area's.
-- +goose StatementBegin
do $$
begin
  if to_regclass('user_account') is not null then
    alter table user_role add constraint user_role_user_fk foreign key (user_id) references user_account on delete cascade;
  end if;
end $$;
-- +goose StatementEnd

create table api_client (
  id uuid primary key,
  organization_id uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1,
  custom jsonb,
  client_id text not null unique, -- alone: a token request names no organization
  name text not null,
  status text not null default 'enabled' check (status in ('enabled', 'disabled')),
  scopes jsonb,
  allowlist jsonb,
  role_id uuid references role
);
create unique index api_client_key on api_client (organization_id, client_id);
create index api_client_role on api_client (role_id);

-- Browser sessions, under the SHA-256 of the cookie's token: who reads the table cannot take one over.
create table session (
  token bytea primary key,
  data bytea not null,
  expires_at timestamptz not null
);
create index session_expires on session (expires_at);

-- Access tokens, likewise.
create table oauth_token (
  token bytea primary key,
  organization_id uuid not null,
  api_client_id uuid not null references api_client on delete cascade,
  scopes text[] not null,
  issued_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index oauth_token_client on oauth_token (api_client_id);
create index oauth_token_expires on oauth_token (expires_at);

-- Keys that all nodes share: one encrypts tokens, one signs.
create table oauth_key (
  use text primary key check (use in ('encrypt', 'sign')),
  id text not null,
  value bytea not null,
  created_at timestamptz not null default now()
);

-- Failed logins, counted by where they came from and whom they named.
create table login_attempt (
  network inet not null, -- an IPv4 address or an IPv6 /64
  login text not null,
  tries integer not null,
  since timestamptz not null,
  banned_until timestamptz,
  primary key (network, login)
);

-- +goose Down
drop table login_attempt, oauth_key, oauth_token, session, api_client, user_role, role, partner_login, credential;
