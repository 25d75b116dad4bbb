package commerce_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/commerce"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/organization"
)

func TestFound(t *testing.T) {
	h := commercetest.New(t)
	second := h.Found(organization.Founding{Code: "globex", Currency: "USD", AdminEmail: "Admin@Globex.test"})
	var website, email string
	h.Scan(&website, "SELECT code || ' ' || name || ' ' || currency || ' ' || language FROM website WHERE id = $1", second.Website)
	h.Scan(&email, "SELECT email FROM user_account WHERE id = $1 AND organization_id = $2", second.Admin, second.Organization)
	if website != "globex globex USD en" || email != "admin@globex.test" {
		t.Errorf("the second organization has the website %q and the user %q", website, email)
	}
	for table, least := range map[string]int{"unit": 60, "unit_alias": 60, "warehouse": 1, "price_list_assignment": 1, "shipping_method": 1,
		"payment_term": 1, "change": 11} {
		for _, organization := range []string{h.Organization, second.Organization} {
			var n int
			h.Scan(&n, "SELECT count(*) FROM "+table+" WHERE organization_id = $1", organization)
			if n < least {
				t.Errorf("%s has %d rows, want at least %d", table, n, least)
			}
		}
	}
}

func TestFoundTwice(t *testing.T) {
	h := commercetest.New(t)
	err := pgx.BeginFunc(context.Background(), h.Pool, func(tx pgx.Tx) error {
		_, err := commerce.Found(context.Background(), tx, organization.Founding{Code: "acme", AdminEmail: "a@b.test"})
		return err
	})
	if err == nil {
		t.Error("two organizations have the same code")
	}
}
