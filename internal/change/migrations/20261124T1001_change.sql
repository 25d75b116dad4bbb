-- +goose Up

-- hanse_extend_partitions makes the monthly partitions of a table that is partitioned by the range of a UUIDv7 id: this
-- month's and those of the given number of months ahead. A partition is made on its own and attached, which lets readers
-- and writers of the table go on. A month whose rows already lie in the default partition is left out with a warning.
-- +goose StatementBegin
create function hanse_extend_partitions(target regclass, ahead integer) returns void language plpgsql as $$
declare
  base text := (select relname from pg_class where oid = target);
  month timestamptz;
  name text;
begin
  for month in select generate_series(date_trunc('month', now(), 'UTC'),
      date_trunc('month', now(), 'UTC') + make_interval(months => ahead), '1 month') loop
    name := base || to_char(month at time zone 'UTC', '_YYYY_MM');
    if to_regclass(name) is null then
      begin
        execute format('create table %I (like %s including defaults including constraints including storage including compression)', name, target);
        execute format('alter table %s attach partition %I for values from (%L) to (%L)', target, name,
          hanse_first_id(month), hanse_first_id(month + interval '1 month'));
        if to_regrole('hanse_request') is not null then
          execute format('revoke all on %I from hanse_request', name);
        end if;
      exception when check_violation then
        raise warning 'the partition % is not made: rows of that month lie in the default partition', name;
      end;
    end if;
  end loop;
  name := base || '_default';
  if to_regclass(name) is null then
    execute format('create table %I partition of %s default', name, target);
    if to_regrole('hanse_request') is not null then
      execute format('revoke all on %I from hanse_request', name);
    end if;
  end if;
end $$;
-- +goose StatementEnd

-- hanse_first_id is the smallest UUIDv7 of a moment: 48 bits of milliseconds, the rest zero.
create function hanse_first_id(moment timestamptz) returns uuid language sql immutable strict parallel safe
  return (lpad(to_hex(floor(extract(epoch from moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

-- cache 1: the numbers of two sessions must not overtake each other.
create sequence change_seq as bigint cache 1;

-- A row says what was done to up to some thousand records of one resource. It is inserted after the rows it speaks of are
-- written, so of two changes of one record the later has the higher seq.
create table change (
  id              uuid not null primary key,
  seq             bigint not null default nextval('change_seq'),
  organization_id uuid not null,
  at              timestamptz not null default clock_timestamp(),
  resource        text not null,
  event           text not null,
  ids             uuid[] not null,
  fields          text[],
  before          jsonb,   -- old values by id, in the order of ids
  data            jsonb,
  actor_kind      text not null,
  actor_id        uuid,
  actor_name      text not null,
  origin          text not null,
  exchange_id     uuid,
  marks           bigint[] not null
) partition by range (id);

-- History by record. An index of every id costs 8 ms a chunk of 5,000 ids; marks are few: see marks.go (measured).
create index change_marks on change using gin (marks) with (fastupdate = off);

-- Compressing ids costs fifteen times what storing them costs. Old values are worth it, by lz4 where the server has it.
alter table change alter ids set storage external;
-- +goose StatementBegin
do $$
begin
  alter table change alter before set compression lz4;
exception when feature_not_supported then null;
end $$;
-- +goose StatementEnd

select hanse_extend_partitions('change', 3);

-- Changes that have no position in the feed yet. Filled by the statement that inserts the change.
create table change_pending (
  seq       bigint primary key,
  change_id uuid not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_threshold = -1);

-- The committed changes in one order without gaps, each with its link of the audit chain: hash is
-- sha256(hash of the position before || hanse_change_digest of the change).
create table feed (
  position  bigint primary key,
  change_id uuid not null,
  at        timestamptz not null default clock_timestamp(),
  items     integer not null,
  hash      bytea not null
);
create index feed_change on feed (change_id);

-- The end of the feed, locked by whoever appends to it, with the highest fencing token that ever did.
create table feed_state (
  single   boolean primary key default true check (single),
  position bigint not null,
  hash     bytea not null,
  token    bigint not null
);
insert into feed_state (position, hash, token) values (0, '\x0000000000000000000000000000000000000000000000000000000000000000', 0);

-- How far each reader of the feed has come: the next item to read.
create table feed_consumer (
  name       text primary key,
  position   bigint not null,
  item       integer not null,
  updated_at timestamptz not null default now()
);

-- The canonical form of a change: a row's text quotes its parts, so no two changes share one. No setting of the session
-- changes it: times are numbers.
-- +goose StatementBegin
create function hanse_change_digest(c change) returns bytea language sql stable parallel safe as $$
  select sha256(convert_to(row(c.id, c.seq, c.organization_id, extract(epoch from c.at), c.resource, c.event, c.ids, c.fields,
    c.before, c.data, c.actor_kind, c.actor_id, c.actor_name, c.origin, c.exchange_id)::text, 'UTF8'))
$$;
-- +goose StatementEnd

-- What is logged stays: requests add changes and read them.
-- +goose StatementBegin
do $$
begin
  if to_regrole('hanse_request') is not null then
    revoke update, delete on change from hanse_request;
    revoke select, update, delete on change_pending from hanse_request;
    revoke insert, update, delete on feed, feed_state from hanse_request;
  end if;
end $$;
-- +goose StatementEnd

-- +goose Down
drop table feed_consumer, feed_state, feed, change_pending, change;
drop sequence change_seq;
drop function hanse_extend_partitions(regclass, integer), hanse_first_id(timestamptz);
