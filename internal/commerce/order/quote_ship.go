package order

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
	"github.com/hanse-commerce/hanse/resource"
)

// QuoteShipping asks what it costs to ship a checkout's cart.
var QuoteShipping = resource.Command{
	Name: "quoteShipping", On: "checkouts", Result: "checkouts", Admin: true, Storefront: true,
	Doc: "Finds the ways of shipping with their prices (quotes of the checkout), carriers asked side by side for at most two seconds. " +
		"A quote that still holds for the same goods and address keeps its price.",
}

// prepareQuotes reads what is to be shipped, within the transaction; quoteShipping then asks.
func (d *desk) prepareQuotes(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
	o, err := load(ctx, tx, call)
	if err != nil {
		return "", err
	}
	if err := errors.Join(o.open(), o.orderable()); err != nil {
		return "", err
	}
	if err := d.look(ctx, tx, call, o); err != nil {
		return "", err
	}
	asked := o.consignment(call.Caller.Organization)
	fingerprint := asked.Fingerprint()
	asked.Language = o.language
	call.Left = quoting{asked, fingerprint}
	return o.checkout, nil
}

// quoting is what prepareQuotes leaves to quoteShipping.
type quoting struct {
	asked       shipping.Consignment
	fingerprint string // of the consignment in any language
}

// quoteShipping asks and keeps the answers, behind the commit: no carrier is asked inside a transaction.
func (d *desk) quoteShipping(ctx context.Context, call *command.Call, checkout string) error {
	q, ok := call.Left.(quoting)
	if !ok || d.Shipping == nil {
		return fmt.Errorf("quoting the shipping of checkout %s: there is nobody to ask", checkout)
	}
	offers, err := d.Shipping.Offers(ctx, call.Caller, q.asked)
	if err != nil {
		return err
	}
	err = pgx.BeginFunc(ctx, d.DB, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, call.Caller); err != nil {
			return err
		}
		return keepQuotes(ctx, tx, call.Caller, checkout, q, offers)
	})
	if err != nil {
		return fmt.Errorf("keeping %d shipping quotes of checkout %s: %w", len(offers), checkout, err)
	}
	d.committed()
	return nil
}
