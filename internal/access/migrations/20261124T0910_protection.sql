-- +goose Up

-- hanse_protect puts the second wall around a table: rows of the caller's organization only, and, where the table has a
-- customer_id and the caller is a buyer, only those of his customers. What is not set lets nothing through. Only leakproof
-- operators, and each setting as a subselect that is evaluated once, so that the table keeps its indexes. The platform's
-- own work across organizations is let through only as the owner, and only where it says so (hanse.side = system).
-- +goose StatementBegin
create function hanse_protect(target regclass) returns void language plpgsql as $$
declare
  owned constant text := $q$organization_id = (select nullif(current_setting('hanse.organization', true), '')::uuid)$q$;
  bought constant text := $q$ and ((select current_setting('hanse.side', true)) = 'admin' or customer_id = any
    ((select string_to_array(nullif(current_setting('hanse.customers', true), ''), ',')::uuid[])::uuid[]))$q$;
  condition text := owned;
begin
  if exists (select from pg_attribute where attrelid = target and attname = 'customer_id' and not attisdropped) then
    condition := owned || bought;
  end if;
  execute format('alter table %s enable row level security, force row level security', target);
  execute format('create policy hanse_caller on %s using (%s) with check (%2$s)', target, condition);
  execute format('create policy hanse_system on %s to %I using (%s)', target, current_user,
    $q$(select current_setting('hanse.side', true)) = 'system'$q$);
end $$;
-- +goose StatementEnd

-- hanse_inherit_customer keeps child.customer_id equal to that of the parent row, so that the policy of the child needs no
-- join. A parent that the caller cannot see is refused here, since a foreign key looks past policies.
-- +goose StatementBegin
create function hanse_inherit_customer(child regclass, parent regclass, link name) returns void language plpgsql as $$
declare
  fill text := format('%s_customer', (select relname from pg_class where oid = child));
  follow text := format('%s_follows_%s', (select relname from pg_class where oid = child),
    (select relname from pg_class where oid = parent));
begin
  execute format($f$
    create or replace function %I() returns trigger language plpgsql as $body$
    begin
      if new.%I is not null then
        select p.customer_id into new.customer_id from %s p
         where p.id = new.%2$I and p.organization_id = new.organization_id;
        if not found then
          raise foreign_key_violation using message = format('%3$s %%s does not exist here', new.%2$I);
        end if;
      end if;
      return new;
    end $body$ $f$, fill, link, parent);
  execute format('create or replace trigger %I before insert or update of %I, customer_id, organization_id on %s
    for each row execute function %1$I()', fill, link, child);

  execute format($f$
    create or replace function %I() returns trigger language plpgsql as $body$
    begin
      update %s set customer_id = new.customer_id where %I = new.id;
      return null;
    end $body$ $f$, follow, child, link);
  execute format('create or replace trigger %I after update of customer_id on %s for each row
    when (old.customer_id is distinct from new.customer_id) execute function %1$I()', follow, parent);
end $$;
-- +goose StatementEnd

-- +goose Down
drop function hanse_inherit_customer(regclass, regclass, name);
drop function hanse_protect(regclass);
