package record

import (
	"context"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/resource"
)

func TestVerifyNamesEverythingThatDoesNotFit(t *testing.T) {
	w := newTrade(t)
	ctx := context.Background()
	if err := Verify(ctx, w.pool, w.schema); err != nil {
		t.Fatal(err)
	}
	if _, err := w.pool.Exec(ctx, `alter table item alter column weight type numeric(10,2), alter column name drop not null, drop column stock,
		drop constraint item_status_check, add constraint item_status_check check (status in ('enabled')), alter column origin set not null;
		alter table rate drop constraint rate_item_id_fkey; drop index rate_key;
		alter table basket alter column customer_id drop not null; alter table posting drop column revision`); err != nil {
		t.Fatal(err)
	}
	more, err := w.schema.With(resource.Type{Name: "ghosts", Table: "ghost", Doc: "Nowhere.", Fields: resource.Fields{resource.Text("code").Key()}})
	if err != nil {
		t.Fatal(err)
	}
	err = Verify(ctx, w.pool, more)
	if err == nil {
		t.Fatal("nothing was found")
	}
	for _, want := range []string{
		`resource "items": field "weight": item.weight is numeric(10,2), the definition needs numeric(12,3)`,
		`field "name": it is Required, but item.name may be null`,
		`field "stock": there is no column item.stock; add it as integer`,
		`the CHECK of item.status does not allow "disabled"`,
		`field "origin": item.origin is not null`,
		`resource "rates": relation "item": rate.item_id has no foreign key to item; add references item (id)`,
		`rate has no unique index on the key (organization_id, list_id, item_id, currency, min_quantity, valid_from)`,
		`relation "buyer": it is Required, but basket.customer_id may be null`,
		`posting.revision must be bigint not null`,
		`resource "ghosts": there is no table ghost`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("not found: %s", want)
		}
	}
	if n := strings.Count(err.Error(), "resource "); n != 10 {
		t.Errorf("%d faults instead of 10:\n%v", n, err)
	}
}
