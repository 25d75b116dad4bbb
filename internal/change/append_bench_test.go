package change_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
)

// BenchmarkAppendChunk is what one change row for 5,000 imported records costs, with and without old values.
func BenchmarkAppendChunk(b *testing.B) {
	pool := postgrestest.Pool(b, access.Migrations(), change.Migrations())
	caller := access.SystemCaller(organization, "import")
	ctx := context.Background()
	ids := make([]string, 5000)
	before := make([]json.RawMessage, len(ids))
	for i := range ids {
		ids[i] = newID()
		before[i] = json.RawMessage(fmt.Sprintf(`{"amount":"%d.50","name":{"en":"Rod %d"}}`, i, i))
	}
	run := func(b *testing.B, e change.Entry) {
		for b.Loop() {
			if err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error { return change.Append(ctx, tx, caller, e) }); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("ids", func(b *testing.B) { run(b, change.Entry{Resource: "products", Event: change.Created, IDs: ids}) })
	b.Run("before", func(b *testing.B) {
		run(b, change.Entry{Resource: "products", Event: change.Updated, IDs: ids, Before: before})
	})
	b.Run("history", func(b *testing.B) {
		for b.Loop() {
			if _, err := change.History(ctx, pool, caller, "products", ids[2500]); err != nil {
				b.Fatal(err)
			}
		}
	})
}
