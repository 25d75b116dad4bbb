package main

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// copies makes so many copies of a checkout with its cart, and goods and credit enough for all of them.
func copies(ctx context.Context, db *pgx.Conn, first string, many int) (checkouts []string, err error) {
	for _, sql := range []string{
		"UPDATE customer SET credit_limit = NULL",
		"UPDATE inventory_level SET on_hand = 1000000",
		fmt.Sprintf("CREATE TEMPORARY TABLE copies AS SELECT gen_random_uuid() AS checkout, gen_random_uuid() AS cart FROM generate_series(1, %d)", many),
		`INSERT INTO cart SELECT (jsonb_populate_record(c, jsonb_build_object('id', n.cart))).* FROM copies n, checkout k JOIN cart c ON c.id = k.cart_id WHERE k.id = '` + first + `'`,
		`INSERT INTO cart_line SELECT (jsonb_populate_record(l, jsonb_build_object('id', gen_random_uuid(), 'cart_id', n.cart))).* FROM copies n, checkout k JOIN cart_line l ON l.cart_id = k.cart_id WHERE k.id = '` + first + `'`,
		`INSERT INTO checkout SELECT (jsonb_populate_record(k, jsonb_build_object('id', n.checkout, 'cart_id', n.cart))).* FROM copies n, checkout k WHERE k.id = '` + first + `'`,
		"ANALYZE",
	} {
		if _, err := db.Exec(ctx, sql); err != nil {
			return nil, fmt.Errorf("%.60s: %w", sql, err)
		}
	}
	rows, err := db.Query(ctx, "SELECT checkout::text FROM copies")
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func payByCard(ctx context.Context, db *pgx.Conn, checkout string) error {
	_, err := db.Exec(ctx, "UPDATE checkout SET payment_method = 'stripe' WHERE id = $1", checkout)
	return err
}
