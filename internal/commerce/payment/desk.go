package payment

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

// Orders is told what becomes of the payment of an order.
type Orders interface {
	// PaymentChanged runs in the transaction that changes the payment, which holds the locks of the order's row and of the
	// payment's, taken in this order. It may run again when the transaction lost against another.
	PaymentChanged(ctx context.Context, tx pgx.Tx, caller access.Caller, c Change) error
}

// Change is what became of a payment.
type Change struct {
	Order, Payment                 string // UUIDs
	From, To                       Status // may be the same when only amounts changed
	Authorized, Captured, Refunded money.Amount
	Code, Message                  string // why it failed: stable, and in words for staff
}

// Gateways asks the modules of channels. No call is made inside a transaction.
type Gateways interface {
	Pay(ctx context.Context, organization, channelID string, r module.PaymentRequest) (*module.PaymentState, error)
	Look(ctx context.Context, organization, channelID string, l module.PaymentLookup) (*module.PaymentState, error)
}

// Desk works payments: it asks gateways what transactions wait for and writes what they say. Any number of nodes have one.
type Desk struct {
	DB       *pgxpool.Pool
	Gateways Gateways
	Orders   Orders
	Registry *module.Registry
	// Committed, if set, is told after each commit; the sequencer of the change log wants to know.
	Committed func()
	Log       *slog.Logger // slog.Default if nil
	// GiveUp is after how long a payment that still waits is cancelled at the gateway; an hour if zero.
	GiveUp time.Duration

	claimFor time.Duration // in tests; else a minute
	once     sync.Once
	nudged   chan struct{}
	putOff   putOff
}
