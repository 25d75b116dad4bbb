package commerce

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/commerce/catalog"
	"github.com/hanse-commerce/hanse/internal/commerce/inventory"
	"github.com/hanse-commerce/hanse/internal/commerce/organization"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/internal/commerce/pricing"
	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
)

// Found makes an organization that can sell: website, first user (without a password, which package access gives him),
// units, warehouse, price list, way of shipping and payment term. It leaves the transaction to the new organization's
// system caller. A code or an e-mail that is taken is an error.
func Found(ctx context.Context, tx pgx.Tx, f organization.Founding) (organization.Founded, error) {
	f = f.WithDefaults()
	ids := organization.NewFounded()
	caller := access.SystemCaller(ids.Organization, "init")
	if err := access.Enter(ctx, tx, caller); err != nil {
		return ids, fmt.Errorf("found the organization %s: %w", f.Code, err)
	}
	var entries []change.Entry
	for _, seed := range []func() ([]change.Entry, error){
		func() ([]change.Entry, error) { return organization.Seed(ctx, tx, f, ids) },
		func() ([]change.Entry, error) { return catalog.Seed(ctx, tx, ids.Organization) },
		func() ([]change.Entry, error) { return pricing.Seed(ctx, tx, ids.Organization, ids.Website) },
		func() ([]change.Entry, error) { return inventory.Seed(ctx, tx, ids.Organization) },
		func() ([]change.Entry, error) { return shipping.Seed(ctx, tx, ids.Organization, f.Currency) },
		func() ([]change.Entry, error) { return payment.Seed(ctx, tx, ids.Organization) },
	} {
		written, err := seed()
		if err != nil {
			return ids, fmt.Errorf("found the organization %s: %w", f.Code, err)
		}
		entries = append(entries, written...)
	}
	if err := change.Append(ctx, tx, caller, entries...); err != nil {
		return ids, fmt.Errorf("found the organization %s: %w", f.Code, err)
	}
	return ids, nil
}
