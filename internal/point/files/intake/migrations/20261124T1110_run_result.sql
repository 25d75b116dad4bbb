-- +goose Up
-- The result lines of a run, one row a chunk, in the chunk's transaction, so that a run that goes on elsewhere loses none.
create table run_result (
  run_id uuid not null references run on delete cascade,
  organization_id uuid not null,
  first_row bigint not null,
  lines text not null,          -- CSV: line, resource, key, outcome, reason
  confirmations jsonb,          -- what became of each document of the partner's system, for its confirmation
  primary key (run_id, first_row)
);
select hanse_protect('run_result');

-- Documents by which a resend within another file is known: sender, type and number, with the hash of the content.
create table document_seen (
  organization_id uuid not null,
  partner_id uuid not null references partner on delete cascade,
  sender text not null,
  type text not null,
  number text not null,
  content_hash text not null,
  exchange_id uuid not null,
  seen_at timestamptz not null default now(),
  primary key (partner_id, sender, type, number, content_hash)
);
create index document_seen_at on document_seen (seen_at);

-- +goose Down
drop table document_seen, run_result;
