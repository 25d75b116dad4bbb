-- +goose Up

-- Organizations that have a payment term already can go on selling on account. The id is a UUIDv7 like any other.
insert into channel (id, organization_id, code, name, kind)
select overlay(overlay(encode(decode(lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0'), 'hex')
  || decode(substring(replace(gen_random_uuid()::text, '-', '') from 13), 'hex'), 'hex') placing '7' from 13) placing '8' from 17)::uuid,
  o.id, 'paymentTerm', 'Payment terms', 'terms'
from organization o
where not exists (select from channel c where c.organization_id = o.id and c.code = 'paymentTerm');

-- +goose Down
delete from channel where code = 'paymentTerm' and kind = 'terms';
