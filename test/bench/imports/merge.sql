-- One transaction: staged rows become categories, products, prices and stock, as Hanse makes them. Ids are UUIDs that grow,
-- so that indexes are filled in order.
begin;
create index on stage (sku);
analyze stage;

insert into category (id, organization_id, code, name)
select gen_random_uuid(), o.id, c.code, jsonb_build_object('en', c.code)
from organization o, (select distinct split_part(category, '/', 1) as code from stage) c
on conflict do nothing;

insert into category (id, organization_id, code, name, parent_id)
select gen_random_uuid(), o.id, c.code, jsonb_build_object('en', split_part(c.code, '/', 2)), p.id
from organization o, (select distinct category as code from stage) c
join category p on p.code = split_part(c.code, '/', 1)
on conflict do nothing;

create temp table staged on commit drop as
select ('01900000-0000-7000-8000-' || lpad(to_hex(s.n), 12, '0'))::uuid as id, o.id as organization_id, s.sku,
  jsonb_build_object('en', s.name, 'de', s.name_de) as name, jsonb_build_object('en', s.description) as description,
  s.gtin, s.brand, s.weight::numeric(12,3) as weight, c.id as category_id, u.id as unit_id, s.price::numeric(18,6) as amount, s.currency,
  s.stock::numeric(18,6) as on_hand, l.id as price_list_id, w.id as warehouse_id
from stage s cross join organization o
join category c on c.organization_id = o.id and c.code = s.category
join unit_alias a on a.organization_id = o.id and a.alias = s.unit and a.system is null
join unit u on u.id = a.unit_id
join price_list l on l.organization_id = o.id and l.code = 'DEFAULT'
join warehouse w on w.organization_id = o.id and w.code = 'MAIN';
analyze staged;

update product t set name = t.name || s.name, description = s.description, gtin = s.gtin, brand = s.brand, weight = s.weight,
  category_id = s.category_id, unit_id = s.unit_id, revision = t.revision + 1, updated_at = now()
from staged s where t.organization_id = s.organization_id and t.sku = s.sku
  and (t.name, t.description, t.gtin, t.brand, t.weight, t.category_id, t.unit_id)
    is distinct from (t.name || s.name, s.description, s.gtin, s.brand, s.weight, s.category_id, s.unit_id);
insert into product (id, organization_id, sku, name, description, gtin, brand, weight, category_id, unit_id)
select s.id, s.organization_id, s.sku, s.name, s.description, s.gtin, s.brand, s.weight, s.category_id, s.unit_id from staged s
where not exists (select from product t where t.organization_id = s.organization_id and t.sku = s.sku);

update price t set amount = s.amount, revision = t.revision + 1, updated_at = now()
from staged s join product p on p.organization_id = s.organization_id and p.sku = s.sku
where t.price_list_id = s.price_list_id and t.product_id = p.id and t.unit_id = s.unit_id and t.currency = s.currency and t.min_quantity = 0
  and t.valid_from is null and t.amount is distinct from s.amount;
insert into price (id, organization_id, price_list_id, product_id, unit_id, currency, amount)
select s.id, s.organization_id, s.price_list_id, p.id, s.unit_id, s.currency, s.amount
from staged s join product p on p.organization_id = s.organization_id and p.sku = s.sku
where not exists (select from price t where t.price_list_id = s.price_list_id and t.product_id = p.id and t.unit_id = s.unit_id
  and t.currency = s.currency and t.min_quantity = 0 and t.valid_from is null);

update inventory_level t set on_hand = s.on_hand, revision = t.revision + 1, updated_at = now()
from staged s join product p on p.organization_id = s.organization_id and p.sku = s.sku
where t.warehouse_id = s.warehouse_id and t.product_id = p.id and t.unit_id = s.unit_id and t.on_hand is distinct from s.on_hand;
insert into inventory_level (id, organization_id, warehouse_id, product_id, unit_id, on_hand)
select s.id, s.organization_id, s.warehouse_id, p.id, s.unit_id, s.on_hand
from staged s join product p on p.organization_id = s.organization_id and p.sku = s.sku
where not exists (select from inventory_level t where t.warehouse_id = s.warehouse_id and t.product_id = p.id and t.unit_id = s.unit_id);

drop table stage;
commit;
