package order_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/internal/commerce/organization"
)

// An order shows apart that its file was laid out, that it was collected, and what the ERP says; the same said twice is
// one event.
func TestWayToTheERP(t *testing.T) {
	s := ironmonger(t)
	buyer, address := s.Trader("1000")
	place := func() string {
		id, err := s.Place(s.As(buyer), s.Checkout(s.Cart(buyer, oneBolt), address))
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	first, second := place(), place()
	sap := access.Caller{Side: access.Admin, Organization: s.Organization, Origin: "SAP",
		Actor: access.Actor{Kind: access.Partner, ID: s.Admin, Name: "SAP"}}
	elsewhere := sap
	elsewhere.Organization = s.Found(organization.Founding{Code: "globex", AdminEmail: "a@globex.test"}).Organization
	did := func(as access.Caller, do func(tx pgx.Tx, as access.Caller) error) {
		t.Helper()
		err := pgx.BeginFunc(context.Background(), s.Pool, func(tx pgx.Tx) error {
			if err := access.Enter(context.Background(), tx, as); err != nil {
				return err
			}
			return do(tx, as)
		})
		if err != nil {
			t.Error(err)
		}
	}
	says := func(as access.Caller, id string, v order.Verdict) {
		t.Helper()
		did(as, func(tx pgx.Tx, as access.Caller) error {
			return order.Acknowledged(context.Background(), tx, as, id, v)
		})
	}
	at := time.Date(2026, 11, 24, 9, 20, 0, 0, time.UTC)
	for _, as := range []access.Caller{elsewhere, sap, sap} {
		did(as, func(tx pgx.Tx, as access.Caller) error { return order.Exported(context.Background(), tx, as, first) })
		did(as, func(tx pgx.Tx, as access.Caller) error {
			return order.Collected(context.Background(), tx, as, first, at)
		})
	}
	yes := order.Verdict{Accepted: true, Status: "53", Message: "Order 4711 saved", Number: "4711", System: "SAP"}
	no := order.Verdict{Status: "51", Message: "Material is blocked", System: "SAP"}
	for _, as := range []access.Caller{elsewhere, sap, sap} {
		says(as, first, yes)
	}
	state := func(id string) []any {
		o := s.Get(s.Caller, "orders", id, "status", "externalStatus", "externalMessage", "acceptedAt", "refusedAt")
		return []any{o["status"], o["externalStatus"], o["externalMessage"], o["acceptedAt"] != nil, o["refusedAt"] != nil}
	}
	if diff := cmp.Diff([]any{"confirmed", "53", "Order 4711 saved", true, false}, state(first)); diff != "" {
		t.Error(diff)
	}
	says(sap, first, no)
	if diff := cmp.Diff([]any{"open", "51", "Material is blocked", false, true}, state(first)); diff != "" {
		t.Error(diff)
	}
	s.Exec("UPDATE sales_order SET status = 'cancelled' WHERE id = $1", first)
	says(sap, first, yes)
	if got := state(first); got[0] != "cancelled" || got[3] != true {
		t.Errorf("a cancelled order that was accepted is %v", got)
	}
	says(sap, second, yes)
	if got := state(second); got[0] != "confirmed" || !strings.Contains(got[2].(string), "4711 in SAP is that of another order") {
		t.Errorf("an order with another's number is %v", got)
	}
	s.Exec("UPDATE sales_order SET status = 'processing' WHERE id = $1", second)
	says(sap, second, no)
	if got := state(second); got[0] != "processing" || got[3] != true || got[4] != false {
		t.Errorf("an order of which something has left is refused: %v", got)
	}
	var events []string
	s.Scan(&events, "SELECT array_agg(event ORDER BY seq) FROM change WHERE actor_name = 'SAP' AND $1 = ANY (ids)", first)
	if diff := cmp.Diff([]string{"order.exported", "order.collected", "order.accepted", "order.refused", "order.accepted"}, events); diff != "" {
		t.Error(diff)
	}
	same(t, `[{"mine":true,"system":"SAP","external_id":"4711"}]`,
		rows(s, "SELECT record_id = $1 AS mine, system, external_id FROM external_id WHERE type = 'orders'", first))
	var collected time.Time
	s.Scan(&collected, "SELECT collected_at FROM sales_order WHERE id = $1", first)
	if !collected.Equal(at) {
		t.Errorf("it was collected at %v", collected)
	}
}
