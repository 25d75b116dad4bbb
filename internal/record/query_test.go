package record_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/commerce"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

func TestEveryTypeCanBeRead(t *testing.T) {
	pool := postgrestest.Pool(t, append([]postgres.Source{access.Migrations(), record.Migrations(), change.Migrations(), exchange.Migrations()}, commerce.Sources()...)...)
	schema, err := commerce.Schema()
	if err != nil {
		t.Fatal(err)
	}
	store := record.NewStore(func() *resource.Schema { return schema })
	caller := access.SystemCaller(uuid.NewString(), "test")
	for _, typ := range schema.Types() {
		for _, side := range []access.Side{access.Admin, access.Storefront} {
			c := caller
			c.Side = side
			if !record.Readable(side, nil, typ) {
				continue
			}
			q := &record.Query{Type: typ, Size: 24, Number: 2, Total: true}
			for i := range typ.Relations {
				r := &typ.Relations[i]
				if record.ShowsRelation(schema, side, nil, typ, r) {
					q.Include = append(q.Include, r.Name)
				}
			}
			var out bytes.Buffer
			doc := record.NewDocument(&out, "/api", q, false)
			if _, err := store.Read(context.Background(), pool, c, q, doc.Add); err != nil {
				sql, _, _ := store.Statement(q, c)
				t.Errorf("%s %s: %v\n%s", side, typ.Name, err, sql)
			}
			doc.Finish(nil, nil)
		}
	}
}
