package order

import (
	"context"
	"log/slog"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
)

// Offers find out what it costs to ship something; a *shipping.Desk.
type Offers interface {
	Offers(ctx context.Context, caller access.Caller, s shipping.Consignment) ([]shipping.Offer, error)
}

// Payments ask gateways for what a payment waits for; a *payment.Desk.
type Payments interface {
	Settle(ctx context.Context, organization, payment string) error
	Begin(ctx context.Context, o payment.Opening) (payment.Standing, error)
}

// Services are what the commands of this area need.
type Services struct {
	DB       *pgxpool.Pool
	Outbox   Outbox
	Methods  payment.Methods
	Payments Payments // nil: payments wait until somebody else asks their gateways
	Shipping Offers   // nil: nothing can be quoted
	// Committed, if set, is told after each commit behind a command; the sequencer of the change log wants to know.
	Committed func()
	Log       *slog.Logger // slog.Default if nil
}

// desk is where checkouts are worked.
type desk struct{ Services }

// Bindings ties the commands of this area to their functions.
func Bindings(s Services) []command.Binding {
	d := &desk{s}
	return []command.Binding{
		{On: QuoteShipping.On, Name: QuoteShipping.Name, Run: d.prepareQuotes, After: d.quoteShipping},
		{On: Review.On, Name: Review.Name, Run: d.review},
		{On: Place.On, Name: Place.Name, Run: d.place, After: d.settle},
		{On: Reopen.On, Name: Reopen.Name, Run: d.reopen, After: d.called},
		{On: Cancel.On, Name: Cancel.Name, Run: d.cancel, After: d.called},
	}
}

// committed wakes who waits for what was committed.
func (d *desk) committed() {
	if d.Committed != nil {
		d.Committed()
	}
}
