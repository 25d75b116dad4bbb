package postgrestest

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Holding names the tables of a database that hold any of the texts in any column, as they are or in hex or base64, as
// whoever steals a dump would find them. It reads all rows of all tables, as the owner of the tables.
func Holding(t testing.TB, pool *pgxpool.Pool, texts ...string) (found []string) {
	t.Helper()
	ctx := context.Background()
	var patterns []string
	for _, text := range texts {
		for _, form := range []string{text, hex.EncodeToString([]byte(text)), base64.StdEncoding.EncodeToString([]byte(text))} {
			patterns = append(patterns, "%"+strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(form)+"%")
		}
	}
	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select set_config('hanse.side', 'system', true)"); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
			where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') order by 1`)
		if err != nil {
			return err
		}
		tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, table := range tables {
			var n int
			if err := tx.QueryRow(ctx, "select count(*) from "+table+" r where r::text ilike any($1)", patterns).Scan(&n); err != nil {
				return fmt.Errorf("search %s: %w", table, err)
			}
			if n > 0 {
				found = append(found, fmt.Sprintf("%s (%d rows)", table, n))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
