-- +goose Up
alter table customer_group add column tax_code_id uuid references customer_tax_code on delete set null;
create index customer_group_tax_code on customer_group (tax_code_id) where tax_code_id is not null;

alter table customer add column tax_code_id uuid references customer_tax_code on delete set null;
create index customer_tax_code_id on customer (tax_code_id) where tax_code_id is not null;

alter table product add column tax_code_id uuid references product_tax_code on delete set null;
create index product_tax_code_id on product (tax_code_id) where tax_code_id is not null;

alter table website
  add column tax_included boolean not null default false,
  add column customer_tax_code_id uuid references customer_tax_code on delete set null,
  add column product_tax_code_id uuid references product_tax_code on delete set null,
  add column shipping_tax_code_id uuid references product_tax_code on delete set null;

-- +goose Down
alter table website drop column tax_included, drop column customer_tax_code_id, drop column product_tax_code_id,
  drop column shipping_tax_code_id;
alter table product drop column tax_code_id;
alter table customer drop column tax_code_id;
alter table customer_group drop column tax_code_id;
