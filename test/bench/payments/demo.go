package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
)

func build(ctx context.Context, into string) error {
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", into, "./cmd/hanse").CombinedOutput(); err != nil { // #nosec G204 -- fixed words
		return fmt.Errorf("building hanse: %w\n%s", err, out)
	}
	return nil
}

// demo is a running demo whose gateway is ours.
type demo struct {
	cmd   *exec.Cmd
	data  string
	facts struct {
		Buyer struct{ Email, Password string } `json:"buyer"`
		API   struct {
			StorefrontURL string `json:"storefront_url"`
		} `json:"api"`
		DatabaseURL      string `json:"database_url"`
		StripeWebhookURL string `json:"stripe_webhook_url"`
	}
	db *pgx.Conn
}

func startDemo(ctx context.Context, hanse, data, gateway string) (*demo, error) {
	d := &demo{data: data, cmd: exec.CommandContext(ctx, hanse, "demo", "--data", data, "--http", "127.0.0.1:0", "--sftp", "127.0.0.1:0", "--no-simulators",
		"--stripe-api-base", gateway)} // #nosec G204 -- our own binary
	d.cmd.Stderr = os.Stderr
	d.cmd.Cancel = func() error { return d.cmd.Process.Signal(os.Interrupt) }
	if err := d.cmd.Start(); err != nil {
		return nil, err
	}
	for range 1200 {
		b, err := os.ReadFile(filepath.Join(data, "demo.json")) // #nosec G304 -- in our own folder
		if err == nil && json.Unmarshal(b, &d.facts) == nil {
			d.db, err = pgx.Connect(ctx, d.facts.DatabaseURL)
			return d, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil, errors.Join(errors.New("the demo did not start within two minutes"), d.stop())
}

func (d *demo) stop() error {
	if d.db != nil {
		_ = d.db.Close(context.Background())
	}
	if err := d.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return d.cmd.Wait()
}

// copies makes so many copies of a checkout with its cart, and goods and credit enough for all of them.
func (d *demo) copies(ctx context.Context, first string, many int) (checkouts []string, err error) {
	for _, sql := range []string{
		"UPDATE customer SET credit_limit = NULL",
		"UPDATE inventory_level SET on_hand = 1000000",
		fmt.Sprintf("CREATE TEMPORARY TABLE copies AS SELECT gen_random_uuid() AS checkout, gen_random_uuid() AS cart FROM generate_series(1, %d)", many),
		`INSERT INTO cart SELECT (jsonb_populate_record(c, jsonb_build_object('id', n.cart))).* FROM copies n, checkout k JOIN cart c ON c.id = k.cart_id WHERE k.id = '` + first + `'`,
		`INSERT INTO cart_line SELECT (jsonb_populate_record(l, jsonb_build_object('id', gen_random_uuid(), 'cart_id', n.cart))).* FROM copies n, checkout k JOIN cart_line l ON l.cart_id = k.cart_id WHERE k.id = '` + first + `'`,
		`INSERT INTO checkout SELECT (jsonb_populate_record(k, jsonb_build_object('id', n.checkout, 'cart_id', n.cart))).* FROM copies n, checkout k WHERE k.id = '` + first + `'`,
		"ANALYZE",
	} {
		if _, err := d.db.Exec(ctx, sql); err != nil {
			return nil, fmt.Errorf("%.60s: %w", sql, err)
		}
	}
	rows, err := d.db.Query(ctx, "SELECT checkout::text FROM copies")
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func (d *demo) payByCard(ctx context.Context, checkout string) error {
	_, err := d.db.Exec(ctx, "UPDATE checkout SET payment_method = 'stripe' WHERE id = $1", checkout)
	return err
}
