package record

import (
	"context"
	"os"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
	"github.com/hanse-commerce/hanse/resource"
)

// A small company that trades: two areas, composite keys over relations, localized texts, owned lists, references that
// may be cleared, facts, and what buyers own.
func tradeResources() []resource.Definition {
	return []resource.Definition{
		resource.Type{Name: "itemGroups", Table: "item_group", Area: "stock", Doc: "Groups.", Admin: resource.Full,
			Fields:    resource.Fields{resource.Text("code").Key(), resource.Localized("name")},
			Relations: resource.Relations{resource.One("parent", "itemGroups")}},
		resource.Type{Name: "items", Table: "item", Area: "stock", Doc: "Items.", Admin: resource.Full, Extensible: true,
			Storefront: resource.ReadOnly.Where("status", "enabled"),
			Fields: resource.Fields{
				resource.Text("sku").Max(64).Key(),
				resource.Localized("name").Required(),
				resource.Enum("status", "enabled", "disabled").Required().Default("enabled"),
				resource.Decimal("weight", 12, 3),
				resource.Integer("stock"),
				resource.Boolean("active").Default("true"),
				resource.Date("since"),
				resource.Time("seenAt"),
				resource.JSON("attributes"),
				resource.Text("passphrase").WriteOnly(),
				resource.Text("origin").CreateOnly(),
				resource.Integer("rank").ReadOnly(),
			},
			Relations: resource.Relations{
				resource.One("group", "itemGroups").OrClear(),
				resource.Many("units", "itemUnits", "item").Owned(),
			},
			Check: func(t *resource.Type, _, next resource.Record) []resource.Violation {
				if next[t.At("stock")].Text == "13" {
					return []resource.Violation{{Field: "stock", Code: "unlucky", Detail: "13 is no stock to have"}}
				}
				return nil
			}},
		resource.Type{Name: "itemUnits", Table: "item_unit", Area: "stock", Doc: "Units.", KeyOf: []string{"item", "code"}, Admin: resource.Full,
			Fields:    resource.Fields{resource.Text("code").Required(), resource.Decimal("factor", 15, 6).Required()},
			Relations: resource.Relations{resource.One("item", "items").Required()}},
	}
}

func tradeRates() []resource.Definition {
	return []resource.Definition{
		resource.Type{Name: "rateLists", Table: "rate_list", Area: "rates", Doc: "Lists.", Admin: resource.Full,
			Fields: resource.Fields{resource.Text("code").Key()}},
		resource.Type{Name: "rates", Table: "rate", Area: "rates", Doc: "Rates.", Admin: resource.Full,
			KeyOf: []string{"list", "item", "currency", "minQuantity", "validFrom"},
			Fields: resource.Fields{
				resource.Text("currency").Required(), resource.Decimal("minQuantity", 15, 3).Required().Default("0"), resource.Time("validFrom"),
				resource.Decimal("amount", 19, 6).Required(), resource.Integer("per").Required().Default("1"),
			},
			Relations: resource.Relations{resource.One("list", "rateLists").Required(), resource.One("item", "items").Required()}},
		resource.Type{Name: "buyers", Table: "buyer", Area: "rates", Doc: "Buyers.", Admin: resource.Full,
			Storefront: resource.ReadOnly.OwnedBy("id"), Fields: resource.Fields{resource.Text("number").Key()}},
		resource.Type{Name: "baskets", Table: "basket", Area: "rates", Doc: "Baskets.", Admin: resource.Full,
			Storefront: resource.Full.OwnedBy("buyer"),
			Fields:     resource.Fields{resource.Text("label"), resource.Text("note").AdminOnly()},
			Relations:  resource.Relations{resource.One("buyer", "buyers").Required().In("customer_id"), resource.Many("lines", "basketLines", "basket").Owned()}},
		resource.Type{Name: "basketLines", Table: "basket_line", Area: "rates", Doc: "Lines.", KeyOf: []string{"basket", "item"}, Admin: resource.Full,
			Storefront: resource.Full.OwnedBy("basket.buyer"),
			Fields:     resource.Fields{resource.Decimal("quantity", 15, 3).Required().Positive()},
			Relations:  resource.Relations{resource.One("basket", "baskets").Required(), resource.One("item", "items").Required()}},
		resource.Type{Name: "notes", Table: "note", Area: "rates", Doc: "Notes.", Admin: resource.Full, // without a key
			Fields: resource.Fields{resource.Text("text")}, Relations: resource.Relations{resource.One("owner", "buyers")}},
		resource.Type{Name: "postings", Table: "posting", Area: "rates", Doc: "Facts.", Ledger: true, Admin: resource.Full,
			Fields: resource.Fields{resource.Text("number").Key(), resource.Decimal("amount", 19, 6)}},
	}
}

func tradeSchema(t testing.TB) *resource.Schema {
	t.Helper()
	s, err := resource.NewSchema(tradeResources(), tradeRates())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// trade is a store on a database of its own.
type trade struct {
	testing.TB
	pool   *pgxpool.Pool
	schema *resource.Schema
	store  *Store
	caller access.Caller
}

func newTrade(t testing.TB) *trade {
	t.Helper()
	sources := []postgres.Source{access.Migrations(), change.Migrations(), Migrations(), {Area: "trade", FS: os.DirFS("testdata/trade")}}
	schema := tradeSchema(t)
	return &trade{TB: t, pool: postgrestest.Pool(t, sources...), schema: schema,
		store:  NewStore(func() *resource.Schema { return schema }),
		caller: access.SystemCaller(uuid.NewString(), "test")}
}

func (w *trade) typ(name string) *resource.Type {
	w.Helper()
	t, ok := w.schema.Type(name)
	if !ok {
		w.Fatalf("there is no type %s", name)
	}
	return t
}

// record makes a record of texts by name; "-" clears.
func (w *trade) record(typeName string, values ...string) resource.Record {
	w.Helper()
	t := w.typ(typeName)
	r := t.NewRecord()
	for i := 0; i < len(values); i += 2 {
		at := t.At(values[i])
		if at < 0 {
			w.Fatalf("%s have no %s", typeName, values[i])
		}
		r[at] = resource.Of(values[i+1])
		if values[i+1] == "-" {
			r[at] = resource.Cleared
		}
	}
	return r
}

func (w *trade) change(typeName string, values ...string) *Change {
	w.Helper()
	return &Change{Values: w.record(typeName, values...)}
}

// in runs f in a transaction of the caller, as requests do.
func (w *trade) in(caller access.Caller, f func(ctx context.Context, tx pgx.Tx) error) error {
	ctx := context.Background()
	return pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		return f(ctx, tx)
	})
}

func (w *trade) apply(b *Batch, options ...Option) {
	w.Helper()
	if err := w.in(w.caller, func(ctx context.Context, tx pgx.Tx) error {
		return w.store.Apply(ctx, tx, w.caller, b, options...)
	}); err != nil {
		w.Fatal(err)
	}
}

// put applies changes of one type and operation.
func (w *trade) put(typeName string, op Operation, changes ...*Change) {
	w.Helper()
	w.apply(&Batch{Sets: []*ChangeSet{{Type: w.typ(typeName), Operation: op, Changes: changes}}})
}

// ask gives one value as text.
func (w *trade) ask(sql string, args ...any) string {
	w.Helper()
	var v *string
	if err := w.pool.QueryRow(context.Background(), "select ("+sql+")::text", args...).Scan(&v); err != nil {
		w.Fatal(err)
	}
	if v == nil {
		return "NULL"
	}
	return *v
}

func (w *trade) want(got, wanted string) {
	w.Helper()
	if got != wanted {
		w.Errorf("got  %s\nwant %s", got, wanted)
	}
}

// codes are the faults of a change, "field:code" joined by spaces.
func codes(c *Change) string {
	s := ""
	for i, f := range c.Faults {
		if i > 0 {
			s += " "
		}
		s += f.Field + ":" + f.Code
	}
	return s
}
