package staff

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
)

// Goods that left without their money wait for staff until money is taken after all.
func TestUnpaidShipmentsWait(t *testing.T) {
	s := commercetest.NewShop(t)
	buyer := s.Buyer("1000")
	order := s.Insert("sales_order", map[string]any{"number": "W1", "currency": "EUR", "payment_method": "card", "total": "100",
		"customer_id": buyer.Customer, "customer_user_id": buyer.User})
	capture := func(status, code, at string) {
		s.Insert("payment_transaction", map[string]any{"order_id": order, "customer_id": buyer.Customer, "action": "capture", "status": status,
			"code": code, "method": "card", "amount": "40.5", "currency": "EUR", "created_at": at})
	}
	waits := func() (text string) {
		t.Helper()
		err := pgx.BeginFunc(context.Background(), s.Pool, func(tx pgx.Tx) error {
			if err := access.Enter(context.Background(), tx, s.Caller); err != nil {
				return err
			}
			for _, d := range duties {
				a, err := d.find(context.Background(), tx, s.Organization)
				if err != nil {
					return err
				}
				if d.kind == "unpaidShipments" && a.Count == 1 {
					text = a.First[0].Text + " " + a.First[0].Detail
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	capture("failed", "declined", "2026-11-01T10:00:00Z")
	if got := waits(); got != "" {
		t.Errorf("%s waits", got)
	}
	now := ""
	s.Scan(&now, "SELECT to_char(now() - interval '1 minute', 'YYYY-MM-DD HH24:MI:SSOF')")
	capture("failed", "payment_short", now)
	if got := waits(); got != "W1 40.5 EUR" {
		t.Errorf("%q waits", got)
	}
	s.Scan(&now, "SELECT now()::text")
	capture("succeeded", "", now)
	if got := waits(); got != "" {
		t.Errorf("%s still waits", got)
	}
}
