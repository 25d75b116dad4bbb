package pricing_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/pricing"
)

// Prices are written as "minQuantity amount from until", open ends as "-".
func TestSupersede(t *testing.T) {
	h := commercetest.New(t)
	list := h.List("L", "website_id", h.Website, 0)
	other := h.List("other", "website_id", h.Website, 0)
	for i, c := range []struct {
		name    string
		stored  string
		periods []pricing.Period
		want    string
		rows    string
	}{
		{"nothing there", "", []pricing.Period{{From: "2026-01-01", Steps: []string{"0"}}}, "", "map[]"},
		{"itself", "0 9 2026-01-01 -; 10 8 2026-01-01 -", []pricing.Period{{From: "2026-01-01", Steps: []string{"0", "10.000"}}},
			"0 9 2026-01-01 -; 10 8 2026-01-01 -", "map[]"},
		{"a step that is gone", "0 9 2026-01-01 -; 10 8 2026-01-01 -", []pricing.Period{{From: "2026-01-01", Steps: []string{"0"}}},
			"0 9 2026-01-01 -", "map[0:true]"},
		{"one that goes on is cut", "0 9 2026-01-01 -; 10 8 2026-01-01 -; 0 7 2026-07-01 -", []pricing.Period{{From: "2026-07-01", Steps: []string{"0"}}},
			"0 9 2026-01-01 2026-06-30; 10 8 2026-01-01 2026-06-30; 0 7 2026-07-01 -", "map[0:true]"},
		{"one without a beginning is cut", "0 9 - -; 0 7 2026-07-01 -", []pricing.Period{{From: "2026-07-01", Steps: []string{"0"}}},
			"0 9 - 2026-06-30; 0 7 2026-07-01 -", "map[0:true]"},
		{"one around is split", "0 9 2026-01-01 -; 0 7 2026-07-01 2026-07-31", []pricing.Period{{From: "2026-07-01", Until: "2026-07-31", Steps: []string{"0"}}},
			"0 9 2026-01-01 2026-06-30; 0 7 2026-07-01 2026-07-31; 0 9 2026-08-01 -", "map[0:true]"},
		{"one that begins within is moved", "0 9 2026-03-01 2026-12-31; 0 7 2026-01-01 2026-06-30", []pricing.Period{{From: "2026-01-01", Until: "2026-06-30", Steps: []string{"0"}}},
			"0 7 2026-01-01 2026-06-30; 0 9 2026-07-01 2026-12-31", "map[0:true]"},
		{"one whose rest is followed goes", "0 9 2026-03-01 2026-12-31; 0 8 2026-07-01 -; 0 7 2026-01-01 2026-06-30",
			[]pricing.Period{{From: "2026-01-01", Until: "2026-06-30", Steps: []string{"0"}}}, "0 7 2026-01-01 2026-06-30; 0 8 2026-07-01 -", "map[0:true]"},
		{"one within goes", "0 9 2026-03-01 2026-03-31; 0 7 2026-01-01 -", []pricing.Period{{From: "2026-01-01", Steps: []string{"0"}}},
			"0 7 2026-01-01 -", "map[0:true]"},
		{"two periods of one row", "0 9 2025-01-01 -; 0 7 2026-01-01 2026-06-30; 0 6 2026-07-01 -",
			[]pricing.Period{{From: "2026-01-01", Until: "2026-06-30", Steps: []string{"0"}}, {From: "2026-07-01", Steps: []string{"0"}}},
			"0 9 2025-01-01 2025-12-31; 0 7 2026-01-01 2026-06-30; 0 6 2026-07-01 -", "map[0:true]"},
		{"ended", "0 9 2026-01-01 2026-06-30; 10 8 2026-01-01 2026-06-30; 0 7 2026-07-01 -", []pricing.Period{{From: "2026-01-01", Ended: true, Row: 3}},
			"0 7 2026-07-01 -", "map[3:true]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sku := fmt.Sprint("P", i)
			product := h.Product(sku)
			for _, l := range []string{list, other} {
				for _, p := range strings.Split(c.stored, "; ") {
					if cells := strings.Fields(p); len(cells) == 4 {
						columns := map[string]any{"price_list_id": l, "product_id": product, "unit_id": h.Unit("C62"), "currency": "EUR", "min_quantity": cells[0], "amount": cells[1]}
						for k, name := range []string{"valid_from", "valid_until"} {
							if cells[2+k] != "-" {
								columns[name] = cells[2+k]
							}
						}
						h.Insert("price", columns)
					}
				}
			}
			for k := range c.periods {
				p := &c.periods[k]
				p.List, p.Product, p.Unit, p.Currency = "L", sku, "C62", "EUR"
			}
			var rows map[int]bool
			err := pgx.BeginFunc(context.Background(), h.Pool, func(tx pgx.Tx) (err error) {
				if err := access.Enter(context.Background(), tx, h.Caller); err != nil {
					return err
				}
				rows, err = pricing.Supersede(context.Background(), tx, h.Caller, c.periods)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			stored := func(list string) (all string) {
				h.Scan(&all, `SELECT coalesce(string_agg(trim_scale(min_quantity) || ' ' || trim_scale(amount) || ' ' || coalesce(valid_from::text, '-') || ' '
					|| coalesce(valid_until::text, '-'), '; ' ORDER BY valid_from NULLS FIRST, min_quantity), '') FROM price WHERE price_list_id = $1 AND product_id = $2`, list, product)
				return all
			}
			if diff := cmp.Diff(c.want, stored(list)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if got := fmt.Sprint(rows); got != c.rows {
				t.Errorf("rows %s, want %s", got, c.rows)
			}
			if n := strings.Count(stored(other), ";") + 1; c.stored != "" && n != strings.Count(c.stored, ";")+1 {
				t.Errorf("the other list has %d prices: %s", n, stored(other))
			}
		})
	}
}
