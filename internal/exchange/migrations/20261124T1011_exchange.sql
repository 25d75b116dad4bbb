-- +goose Up

-- One row a message across the border. Partitioned by its id; what must be unique across time has tables of its own.
create table exchange (
  id uuid not null primary key,
  organization_id uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1,
  custom jsonb,
  direction text not null check (direction in ('in', 'out')),
  point text not null check (point in ('files', 'api', 'module', 'replica')),
  partner_id uuid references partner,
  channel_id uuid references channel,
  name text not null,
  kind text,
  reference text,           -- the document's number in the outside system, such as an IDoc's
  content_hash text,        -- SHA-256 in hex, which is also the content's name in the blob store
  content_size numeric(18,0),
  status text not null default 'received' check (status in ('received', 'processing', 'done', 'partlyDone', 'refused')),
  read integer not null default 0,
  created integer not null default 0,
  updated integer not null default 0,
  unchanged integer not null default 0,
  failed integer not null default 0,
  warnings integer not null default 0,
  duplicate_of_id uuid,
  reason_code text,
  reason text,
  record_type text,         -- the one record that the message is about, such as an order
  record_id text,
  path text,                -- where the file lies or is to lie in the partner's home
  placed_at timestamptz,    -- when it came there: an inbound file to its archive, an outbound one to out/
  collected_at timestamptz,
  acknowledged_at timestamptz,
  acknowledgement text check (acknowledgement in ('accepted', 'rejected')),
  acknowledgement_text text,
  started_at timestamptz,
  finished_at timestamptz
) partition by range (id);
create index exchange_organization on exchange (organization_id, id);
create index exchange_status on exchange (organization_id, status, id);
create index exchange_name on exchange (organization_id, name);
create index exchange_partner on exchange (partner_id, direction, name);
create index exchange_reference on exchange (partner_id, reference) where reference is not null;
create index exchange_hash on exchange (content_hash) where content_hash is not null;
create index exchange_record on exchange (record_id) where record_id is not null;
create index exchange_duplicate on exchange (duplicate_of_id) where duplicate_of_id is not null;
create index exchange_path on exchange (partner_id, path) where path is not null;
select hanse_protect('exchange'), hanse_extend_partitions('exchange', 3);

-- Content by which a resend is known, whatever its name: a hash, or a document's reference.
create table content_seen (
  organization_id uuid not null,
  partner_id uuid not null references partner on delete cascade,
  content_hash text not null,
  exchange_id uuid not null,
  seen_at timestamptz not null,
  primary key (partner_id, content_hash)
);
create index content_seen_at on content_seen (seen_at);

-- The processing of one exchange. Its row is locked by each chunk, which compares fence and checkpoint.
create table run (
  id uuid primary key,
  organization_id uuid not null,
  exchange_id uuid not null,
  attempt integer not null,
  fence bigint not null,
  state text not null check (state in ('running', 'finished')),
  checkpoint bigint not null default 0,  -- rows of the file that are behind us
  estimate bigint not null default 0,    -- rows that the file has, as far as can be told; 0 is unknown
  read integer not null default 0,
  created integer not null default 0,
  updated integer not null default 0,
  unchanged integer not null default 0,
  failed integer not null default 0,
  warnings integer not null default 0,
  node text not null,
  started_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (exchange_id, attempt)
);
create index run_running on run (organization_id) where state = 'running';
select hanse_protect('run');

-- What was wrong. Equal warnings of an exchange are one row with a count: its id is made from what they have in common.
create table exchange_error (
  id uuid not null primary key,
  organization_id uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1,
  custom jsonb,
  exchange_id uuid not null,
  line integer,
  key text,
  field text,
  class text not null check (class in ('value', 'missing', 'connection', 'intermittent', 'rateLimit', 'tooLarge', 'parse', 'duplicate')),
  severity text not null check (severity in ('error', 'warning')),
  code text not null,
  detail text not null,
  count integer not null default 1
) partition by range (id);
create index exchange_error_exchange on exchange_error (exchange_id, line);
create index exchange_error_code on exchange_error (organization_id, code);
select hanse_protect('exchange_error'), hanse_extend_partitions('exchange_error', 3);

-- +goose Down
drop table exchange_error, run, content_seen, exchange;
