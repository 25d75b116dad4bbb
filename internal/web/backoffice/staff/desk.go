package staff

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/web/backoffice"
)

// desk finds what waits for somebody.
type desk struct{ *Staff }

// duty is one kind of work that may wait: a query of id, text, detail and time, the most urgent first.
type duty struct {
	of                    string // resource that one must be allowed to read
	kind, tone, url, item string // item is the path below which one of them is shown
	sql                   string
}

var duties = []duty{
	{"exchanges", "refusedFiles", "bad", "/admin/exchanges?status=refused", "/admin/exchanges/",
		`SELECT id::text, name, coalesce(reason, ''), created_at FROM exchange WHERE organization_id = $1::uuid AND status = 'refused' AND direction = 'in' AND duplicate_of_id IS NULL
			AND created_at > now() - interval '14 days'`},
	{"exchanges", "failedRuns", "bad", "/admin/exchanges?status=partlyDone", "/admin/exchanges/",
		`SELECT id::text, name, failed || ' / ' || read, created_at FROM exchange WHERE organization_id = $1::uuid AND status = 'partlyDone' AND duplicate_of_id IS NULL
			AND created_at > now() - interval '14 days'`},
	{"orders", "refusedOrders", "bad", "/admin/records/orders?filter[refusedAt][exists]=true", "/admin/records/orders/",
		`SELECT id::text, number, coalesce(external_message, ''), placed_at FROM sales_order WHERE organization_id = $1::uuid AND refused_at IS NOT NULL AND status <> 'cancelled'`},
	{"orders", "unacknowledgedOrders", "warn", "/admin/records/orders?filter[status]=open", "/admin/records/orders/",
		`SELECT id::text, number, coalesce(po_number, ''), placed_at FROM sales_order WHERE organization_id = $1::uuid AND status = 'open' AND accepted_at IS NULL AND refused_at IS NULL
			AND placed_at < now() - interval '15 minutes'`},
	{"orders", "unpaidShipments", "bad", "/admin/records/paymentTransactions?filter[action]=capture&filter[status]=failed", "/admin/records/orders/",
		`SELECT DISTINCT ON (o.id) o.id::text, o.number, trim_scale(t.amount) || ' ' || t.currency, t.created_at FROM payment_transaction t JOIN sales_order o ON o.id = t.order_id
			WHERE t.organization_id = $1::uuid AND t.action = 'capture' AND t.status = 'failed' AND (t.code = 'payment_short' OR t.reason = 'shipped') AND t.created_at > now() - interval '60 days'
			AND NOT EXISTS (SELECT FROM payment_transaction n WHERE n.order_id = o.id AND n.action = 'capture' AND n.status = 'succeeded' AND n.created_at > t.created_at)
			ORDER BY o.id, t.id DESC`},
	{"customers", "blockedCustomers", "warn", "/admin/records/customers?filter[orderBlock]=true", "/admin/records/customers/",
		`SELECT id::text, name, number, updated_at FROM customer WHERE order_block AND organization_id = $1::uuid`},
	{"channels", "disabledChannels", "warn", "/admin/records/channels", "/admin/records/channels/",
		`SELECT id::text, name, kind, updated_at FROM channel WHERE NOT enabled AND organization_id = $1::uuid`},
}

// shown is how many of each kind are named.
const shown = 5

var counted = map[string]string{"products": "product", "customers": "customer", "orders": "sales_order", "prices": "price", "inventoryLevels": "inventory_level"}

// Home implements backoffice.Desk.
func (d desk) Home(ctx context.Context) (backoffice.Home, error) {
	var h backoffice.Home
	caller := callerOf(ctx)
	err := d.within(ctx, caller, func(tx pgx.Tx) error {
		for _, duty := range duties {
			if !mayRead(caller, duty.of) {
				continue
			}
			a, err := duty.find(ctx, tx, caller.Organization)
			if err != nil {
				return err
			}
			if a.Count > 0 {
				h.Attention = append(h.Attention, a)
			}
		}
		for _, name := range []string{"products", "customers", "orders", "prices", "inventoryLevels"} {
			if !mayRead(caller, name) {
				continue
			}
			c := backoffice.Count{Type: name}
			if err := tx.QueryRow(ctx, "SELECT count(*) FROM "+counted[name]+" WHERE organization_id = $1", caller.Organization).Scan(&c.Value); err != nil {
				return fmt.Errorf("counting %s: %w", name, err)
			}
			h.Counts = append(h.Counts, c)
		}
		if !mayRead(caller, "exchanges") {
			return nil
		}
		list, err := listExchanges(ctx, tx, caller.Organization, backoffice.ExchangeQuery{Number: 1, Size: 8})
		h.Recent = list.Exchanges
		return err
	})
	return h, err
}

func mayRead(c access.Caller, resource string) bool {
	return c.Grants.Level(resource, access.Read) > access.None
}

func (d duty) find(ctx context.Context, tx pgx.Tx, organization string) (backoffice.Attention, error) {
	a := backoffice.Attention{Kind: d.kind, Tone: d.tone, URL: d.url}
	rows, err := tx.Query(ctx, `SELECT id, text, detail, at, count(*) OVER (), min(at) OVER () FROM (`+d.sql+`) AS w(id, text, detail, at)
		ORDER BY at DESC LIMIT `+fmt.Sprint(shown), organization)
	if err != nil {
		return a, fmt.Errorf("looking for %s: %w", d.kind, err)
	}
	var w backoffice.Waiting
	var id string
	var at time.Time
	_, err = pgx.ForEachRow(rows, []any{&id, &w.Text, &w.Detail, &at, &a.Count, &a.Oldest}, func() error {
		w.URL, w.At = d.item+id, at
		a.First = append(a.First, w)
		return nil
	})
	if err != nil {
		return a, fmt.Errorf("looking for %s: %w", d.kind, err)
	}
	return a, nil
}
