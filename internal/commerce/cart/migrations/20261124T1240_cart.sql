-- +goose Up
create table cart (
  id uuid primary key,
  organization_id uuid not null,
  name text,
  status text not null default 'open' check (status in ('open', 'ordered')),
  currency text,
  note text,
  customer_id uuid not null references customer,
  customer_user_id uuid references customer_user on delete set null,
  website_id uuid references website on delete set null,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create index cart_customer on cart (customer_id, created_at);
create index cart_customer_user on cart (customer_user_id, status);
create index cart_website on cart (website_id);
select hanse_protect('cart');

create table cart_line (
  id uuid primary key,
  organization_id uuid not null,
  position integer not null default 0,
  quantity numeric(18,6) not null default 1 check (quantity > 0),
  note text,
  cart_id uuid not null references cart on delete cascade,
  product_id uuid not null references product on delete cascade,
  unit_id uuid references unit,
  customer_id uuid not null,
  custom jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revision bigint not null default 1
);
create unique index cart_line_key on cart_line (cart_id, product_id, unit_id, organization_id) nulls not distinct;
create index cart_line_product on cart_line (product_id);
select hanse_protect('cart_line');
select hanse_inherit_customer('cart_line', 'cart', 'cart_id');

-- +goose StatementBegin
create function cart_line_base_unit() returns trigger language plpgsql as $$
begin
  select p.unit_id into new.unit_id from product p where p.id = new.product_id;
  return new;
end $$;
-- +goose StatementEnd
create trigger cart_line_base_unit before insert or update on cart_line
  for each row when (new.unit_id is null) execute function cart_line_base_unit();

-- +goose Down
drop table cart_line;
drop table cart;
drop function cart_line_base_unit();
