-- +goose Up
-- Exchanges that somebody asked to process again. The node that watches the partner's folder does so, between files.
create table file_again (
  exchange_id uuid primary key,
  organization_id uuid not null,
  partner_id uuid not null references partner on delete cascade,
  asked_at timestamptz not null default clock_timestamp()
);
create index file_again_partner on file_again (partner_id, asked_at);
select hanse_protect('file_again');

-- Where the result file of a run lies, or is about to: noted before it is placed, so that a node that goes on after a crash
-- does not place it twice.
create table file_result (
  exchange_id uuid not null,
  run text not null, -- '' for a file that was refused before a run
  organization_id uuid not null,
  path text not null,
  primary key (exchange_id, run)
);
select hanse_protect('file_result');

-- +goose Down
drop table file_result, file_again;
