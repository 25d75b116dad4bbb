package commercetest

import "strings"

// Volume is how many records Fill makes. Everything in it is the same each time, ids included.
type Volume struct {
	Products  int // each with a website price, stock in one warehouse or two; every fifth can be bought by the carton
	Customers int // each with a person, an address and an open cart of two lines; the first has prices of its own
	Orders    int // spread over the customers, each with two lines and two addresses
}

// fillSQL makes the volume. @id(kind, n) is the id of the n-th record of a kind.
const fillSQL = `
SET LOCAL session_replication_role = replica; -- no triggers: what they fill in is given here
INSERT INTO category (id, organization_id, code, name, parent_id, status, created_at)
SELECT @id(1, i), @org, 'cat' || lpad(i::text, 3, '0'), jsonb_build_object('en', 'Category ' || i, 'de', 'Kategorie ' || i),
  CASE WHEN i > 10 THEN @id(1, i % 10 + 1) END, CASE WHEN i % 50 = 0 THEN 'disabled' ELSE 'enabled' END, @day(i) FROM generate_series(1, 100) i;
INSERT INTO product (id, organization_id, sku, name, status, kind, gtin, brand, category_id, unit_id, weight, created_at, updated_at)
SELECT @id(2, i), @org, 'P' || lpad(i::text, 6, '0'), jsonb_build_object('en', 'Thing ' || i, 'de', 'Ding ' || i),
  CASE WHEN i % 20 = 0 THEN 'disabled' ELSE 'enabled' END, CASE WHEN i % 50 = 7 THEN 'service' ELSE 'simple' END,
  CASE WHEN i % 10 = 0 THEN lpad(i::text, 13, '0') END, 'Brand ' || i % 97, @id(1, i % 100 + 1), @piece, (i % 1000) / 8.0, @day(i), @day(i)
FROM generate_series(1, @products) i;
INSERT INTO product_unit (id, organization_id, product_id, unit_id, factor, created_at)
SELECT @id(3, i), @org, @id(2, i), @carton, 24, @day(i) FROM generate_series(5, @products, 5) i;
INSERT INTO warehouse (id, organization_id, code, name, created_at) SELECT @id(4, i), @org, 'W' || i, 'Warehouse ' || i, @day(i) FROM generate_series(1, 2) i;
INSERT INTO inventory_level (id, organization_id, warehouse_id, product_id, unit_id, on_hand, created_at)
SELECT @id(5, w * 10000000 + i), @org, @id(4, w), @id(2, i), @piece, i % 500, @day(i) FROM generate_series(1, @products) i, generate_series(1, 2) w WHERE w = 1 OR i % 2 = 0;
INSERT INTO customer_group (id, organization_id, code, name, created_at) SELECT @id(6, i), @org, 'G' || i, 'Group ' || i, @day(i) FROM generate_series(1, 5) i;
INSERT INTO customer (id, organization_id, number, name, group_id, email, created_at, updated_at)
SELECT @id(7, i), @org, 'C' || lpad(i::text, 5, '0'), 'Customer ' || i, @id(6, i % 5 + 1), 'office' || i || '@example.test', @day(i), @day(i) FROM generate_series(1, @customers) i;
INSERT INTO customer_user (id, organization_id, email, first_name, last_name, customer_id, created_at)
SELECT @id(8, i), @org, 'buyer' || i || '@example.test', 'First' || i, 'Last' || i, @id(7, i), @day(i) FROM generate_series(1, @customers) i;
INSERT INTO customer_address (id, organization_id, street, city, postal_code, country, "primary", customer_id, created_at)
SELECT @id(9, i), @org, 'Street ' || i, 'Town ' || i % 50, lpad((i % 9999)::text, 5, '0'), 'DE', true, @id(7, i), @day(i) FROM generate_series(1, @customers) i;
INSERT INTO price_list (id, organization_id, code, name, created_at) SELECT @id(10, i), @org, 'L' || i, 'List ' || i, @day(i) FROM generate_series(1, 3) i;
INSERT INTO price_list_assignment (id, organization_id, price_list_id, website_id, customer_group_id, customer_id, created_at)
VALUES (@id(11, 1), @org, @id(10, 1), @website, NULL, NULL, @day(1)), (@id(11, 2), @org, @id(10, 2), NULL, @id(6, 2), NULL, @day(1)), (@id(11, 3), @org, @id(10, 3), NULL, NULL, @id(7, 1), @day(1));
INSERT INTO price (id, organization_id, price_list_id, product_id, unit_id, currency, min_quantity, amount, created_at)
SELECT @id(12, l * 10000000 + i), @org, @id(10, l), @id(2, i), @piece, 'EUR', CASE WHEN l = 1 THEN 0 ELSE 10 * (l - 1) END, (1000 + i % 9000) / (100.0 * l), @day(i)
FROM generate_series(1, @products) i, generate_series(1, 3) l WHERE l = 1 OR i % (l * 10) = 1;
INSERT INTO cart (id, organization_id, name, customer_id, customer_user_id, website_id, currency, created_at)
SELECT @id(13, i), @org, 'Cart ' || i, @id(7, i), @id(8, i), @website, 'EUR', @day(i) FROM generate_series(1, @customers) i;
INSERT INTO cart_line (id, organization_id, position, quantity, cart_id, product_id, unit_id, customer_id, created_at)
SELECT @id(14, l * 10000000 + i), @org, l, l * 2, @id(13, i), @id(2, (i * 7 + l * 13) % @products + 1), @piece, @id(7, i), @day(i) FROM generate_series(1, @customers) i, generate_series(1, 2) l;
INSERT INTO sales_order (id, organization_id, number, po_number, status, currency, subtotal, total, payment_method, placed_at, customer_id, customer_user_id, website_id, created_at, updated_at)
SELECT @id(15, i), @org, lpad(i::text, 10, '0'), CASE WHEN i % 3 = 0 THEN 'PO-' || i END,
  CASE WHEN i % 100 < 5 THEN 'open' WHEN i % 100 < 10 THEN 'processing' ELSE 'completed' END, 'EUR', i % 1000, i % 1000, 'paymentTerm', @day(i),
  @id(7, i % @customers + 1), @id(8, i % @customers + 1), @website, @day(i), @day(i) FROM generate_series(1, @orders) i;
INSERT INTO order_line (id, organization_id, position, sku, name, quantity, price, per, row_total, order_id, product_id, unit_id, customer_id, created_at)
SELECT @id(16, l * 10000000 + i), @org, l * 10, 'P' || lpad(((i * 3 + l) % @products + 1)::text, 6, '0'), 'Thing', l, 5, 1, 5 * l, @id(15, i), @id(2, (i * 3 + l) % @products + 1), @piece,
  @id(7, i % @customers + 1), @day(i) FROM generate_series(1, @orders) i, generate_series(1, 2) l;
INSERT INTO order_address (id, organization_id, kind, street, city, country, order_id, customer_id, created_at)
SELECT @id(17, l * 10000000 + i), @org, CASE l WHEN 1 THEN 'billing' ELSE 'shipping' END, 'Street', 'Town', 'DE', @id(15, i), @id(7, i % @customers + 1), @day(i)
FROM generate_series(1, @orders) i, generate_series(1, 2) l;
INSERT INTO external_id (organization_id, type, system, external_id, record_id)
SELECT @org, 'products', 'SAP', lpad(i::text, 18, '0'), @id(2, i) FROM generate_series(1, @products) i
UNION ALL SELECT @org, 'customers', 'SAP', lpad(i::text, 10, '0'), @id(7, i) FROM generate_series(1, @customers) i;
`

// Fill adds many records in a moment and gathers exact statistics, so that plans are the same each time.
func (h *House) Fill(v Volume) {
	h.T.Helper()
	h.Exec(`CREATE FUNCTION nth_id(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
		$$ SELECT (lpad(to_hex(kind), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;
		CREATE FUNCTION nth_day(n bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
		$$ SELECT timestamptz '2025-01-01 00:00:00Z' + n * interval '7 minutes' $$`)
	quoted := func(s string) string { return "'" + s + "'::uuid" }
	h.Exec(strings.NewReplacer("@id(", "nth_id(", "@day(", "nth_day(", "@org", quoted(h.Organization), "@website", quoted(h.Website),
		"@piece", quoted(h.Unit("C62")), "@carton", quoted(h.Unit("XCT")), "@products", number(v.Products), "@customers", number(v.Customers),
		"@orders", number(v.Orders)).Replace(fillSQL))
	h.Exec("SET LOCAL default_statistics_target = 1000; ANALYZE")
}

// Nth is the id of the n-th record of a kind that Fill made.
func Nth(kind Kind, n int) string { return nth(int(kind), n) }

// Kind is a kind of record that Fill makes.
type Kind int

const (
	Category Kind = 1 + iota
	Product
	ProductUnit
	Warehouse
	Level
	Group
	Customer
	Person
	Address
	List
	Assignment
	Price
	Cart
	CartLine
	Order
	OrderLine
	OrderAddress
)

// NthBuyer is the person of the n-th customer that Fill made.
func NthBuyer(n int) Buyer {
	return Buyer{Group: Nth(Group, n%5+1), Customer: Nth(Customer, n), User: Nth(Person, n)}
}
