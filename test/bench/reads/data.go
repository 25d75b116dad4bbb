package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// exec runs statements as the owner of the tables.
func (b *bench) exec(ctx context.Context, what string, statements ...string) error {
	start := time.Now()
	conn, err := pgx.Connect(ctx, b.demo.Facts.DatabaseURL)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	fmt.Printf("%s: %s\n", what, time.Since(start).Round(time.Second))
	return nil
}

// fill makes products in a hundred categories, stock in two warehouses, and a few lists that price every product with three
// steps in all: the buyer's website, group and customer have one each.
func (b *bench) fill(ctx context.Context, lists int) error {
	org := "(SELECT id FROM organization WHERE code = 'acme')"
	unit := "(SELECT id FROM unit WHERE code = 'C62' AND organization_id = " + org + ")"
	buyer := "(SELECT customer_id FROM customer_user WHERE email = '" + b.demo.Facts.Buyer.Email + "')"
	err := b.exec(ctx, fmt.Sprintf("%d products and %d lists", b.products, lists),
		`INSERT INTO category (id, organization_id, code, name) SELECT gen_random_uuid(), `+org+`, 'BENCH-' || n, jsonb_build_object('en', 'Bench ' || n) FROM generate_series(0, 99) n`,
		fmt.Sprintf(`INSERT INTO product (id, organization_id, sku, name, description, unit_id, category_id)
			SELECT gen_random_uuid(), %s, 'B' || lpad(n::text, 7, '0'), jsonb_build_object('en', 'Product ' || n, 'de', 'Produkt ' || n),
				jsonb_build_object('en', 'What is to be said about product ' || n), %s, c.id
			FROM generate_series(1, %d) n JOIN category c ON c.code = 'BENCH-' || n %% 100 AND c.organization_id = %s`, org, unit, b.products, org),
		`INSERT INTO inventory_level (id, organization_id, warehouse_id, product_id, unit_id, on_hand)
			SELECT gen_random_uuid(), p.organization_id, w.id, p.id, p.unit_id, 100 FROM product p JOIN warehouse w ON w.organization_id = p.organization_id AND w.code IN ('1000', '2000')
			WHERE p.sku LIKE 'B0%'`,
		fmt.Sprintf(`INSERT INTO price_list (id, organization_id, code, name) SELECT gen_random_uuid(), %s, 'BENCH-' || n, 'Bench' FROM generate_series(1, %d) n`, org, lists),
		fmt.Sprintf(`INSERT INTO price (id, organization_id, price_list_id, product_id, unit_id, currency, min_quantity, amount)
			SELECT gen_random_uuid(), p.organization_id, l.id, p.id, p.unit_id, 'EUR', s.q, 20 - s.q / 10 FROM product p JOIN price_list l ON l.code LIKE 'BENCH-%%'
			JOIN (VALUES (0), (10)) s(q) ON s.q = 0 OR l.code IN ('BENCH-1', 'BENCH-2', 'BENCH-3') WHERE p.sku LIKE 'B0%%'`),
		`INSERT INTO price_list_assignment (id, organization_id, price_list_id, website_id, priority)
			SELECT gen_random_uuid(), l.organization_id, l.id, w.id, 50 FROM price_list l JOIN website w ON w.organization_id = l.organization_id WHERE l.code = 'BENCH-1'`,
		`INSERT INTO price_list_assignment (id, organization_id, price_list_id, customer_group_id)
			SELECT gen_random_uuid(), l.organization_id, l.id, c.group_id FROM price_list l JOIN customer c ON c.id = `+buyer+` WHERE l.code = 'BENCH-2' AND c.group_id IS NOT NULL`,
		`INSERT INTO price_list_assignment (id, organization_id, price_list_id, customer_id)
			SELECT gen_random_uuid(), l.organization_id, l.id, `+buyer+` FROM price_list l WHERE l.code = 'BENCH-3'`,
		"VACUUM ANALYZE")
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, b.demo.Facts.DatabaseURL)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return conn.QueryRow(ctx, "SELECT id::text FROM category WHERE code = 'BENCH-7'").Scan(&b.category)
}

// extend adds lists, each with prices for a hundredth of the products, and gives each to a group of its own.
func (b *bench) extend(ctx context.Context, from, to int) error {
	org := "(SELECT id FROM organization WHERE code = 'acme')"
	return b.exec(ctx, fmt.Sprintf("%d further lists", to-from),
		fmt.Sprintf(`INSERT INTO price_list (id, organization_id, code, name) SELECT gen_random_uuid(), %s, 'MANY-' || n, 'Many' FROM generate_series(%d, %d) n`, org, from+1, to),
		fmt.Sprintf(`INSERT INTO customer_group (id, organization_id, code, name) SELECT gen_random_uuid(), %s, 'MANY-' || n, 'Many' FROM generate_series(%d, %d) n`, org, from+1, to),
		`INSERT INTO price_list_assignment (id, organization_id, price_list_id, customer_group_id)
			SELECT gen_random_uuid(), l.organization_id, l.id, g.id FROM price_list l JOIN customer_group g ON g.code = l.code AND g.organization_id = l.organization_id WHERE l.code LIKE 'MANY-%'`,
		fmt.Sprintf(`INSERT INTO price (id, organization_id, price_list_id, product_id, unit_id, currency, amount)
			SELECT gen_random_uuid(), l.organization_id, l.id, p.id, p.unit_id, 'EUR', 15 FROM generate_series(%d, %d) n
			JOIN price_list l ON l.code = 'MANY-' || n JOIN category c ON c.code = 'BENCH-' || n %% 100 JOIN product p ON p.category_id = c.id`, from+1, to),
		"VACUUM ANALYZE price", "VACUUM ANALYZE price_list", "VACUUM ANALYZE price_list_assignment")
}

var command = regexp.MustCompile(`(?m)^-- (pgbench .*)$`)

// script lets hanse explain write the statements of the request for pgbench; it is the command line to run.
func (b *bench) script(ctx context.Context, path string) (string, error) {
	out, err := exec.CommandContext(ctx, b.demo.Program, "explain", "GET", "/api/storefront/v1"+path, "--buyer", b.demo.Facts.Buyer.Email, "--data", b.demo.Data).Output() // #nosec G204 -- our own binary
	if err != nil {
		return "", fmt.Errorf("explaining the request: %w", err)
	}
	m := command.FindSubmatch(out)
	if m == nil {
		return "", fmt.Errorf("hanse explain names no pgbench command: %.200s", out)
	}
	file := filepath.Join(filepath.Dir(b.demo.Program), "list.sql")
	if err := os.WriteFile(file, out, 0o600); err != nil {
		return "", err
	}
	line := strings.NewReplacer("FILE", file, "DATABASE_URL", "'"+b.demo.Facts.DatabaseURL+"'", "-c 8", fmt.Sprintf("-c %d", b.connections),
		"-T 10", fmt.Sprintf("-T %d", b.seconds)).Replace(string(m[1]))
	return strings.Replace(line, "-f list.sql", "-f "+file, 1), nil
}

var tps = regexp.MustCompile(`tps = ([0-9.]+)`)

func (b *bench) pgbench(ctx context.Context, script string) (float64, error) {
	out, err := exec.CommandContext(ctx, "sh", "-c", script).CombinedOutput() // #nosec G204 -- the command that explain wrote
	m := tps.FindSubmatch(out)
	if err != nil || m == nil {
		return 0, fmt.Errorf("running %.200s: %w\n%.600s", script, err, out)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}
