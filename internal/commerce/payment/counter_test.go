package payment_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
	"github.com/hanse-commerce/hanse/resource"
)

// till is a module whose calls the test's gateway takes.
type till struct{ module.Payment }

func (till) Info() module.Info {
	return module.Info{Name: "till", Title: "Till", Settings: resource.Fields{
		resource.Enum("capture", "order", "shipment", "manual").Default("shipment"),
		resource.Text("key").Required().WriteOnly()}}
}

func (till) PaymentTraits(s module.Settings) module.PaymentTraits {
	return module.PaymentTraits{Online: true, Validates: true, Capture: module.CaptureTime(s["capture"])}
}

// counter is a shop with a channel of the module till and two nodes that work payments.
type counter struct {
	*commercetest.House
	gateway  *gateway
	registry *module.Registry
	buyer    commercetest.Buyer
	channel  string
	one, two *node
	told     told
	orders   int
}

// node is one process: a desk with a pool and commands of its own.
type node struct {
	desk   *payment.Desk
	runner *command.Runner
}

// told notes what orders are told, and that no money goes backwards.
type told struct {
	mu      sync.Mutex
	changes []payment.Change
	refuses string // the payment of an order that cannot be told
}

func (o *told) PaymentChanged(_ context.Context, _ pgx.Tx, _ access.Caller, c payment.Change) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if c.Payment == o.refuses {
		return errors.New("the order is poisoned")
	}
	o.changes = append(o.changes, c)
	return nil
}

// of are the statuses that the order of a payment went through.
func (o *told) of(p string) (all []payment.Status) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, c := range o.changes {
		if c.Payment == p && (len(all) == 0 || all[len(all)-1] != c.To) {
			all = append(all, c.To)
		}
	}
	return all
}

func newCounter(t testing.TB, modules ...module.Module) *counter {
	t.Helper()
	c := &counter{House: commercetest.New(t), gateway: newGateway(), registry: &module.Registry{}}
	for _, m := range append(modules, till{}) {
		if err := c.registry.Add(m); err != nil {
			t.Fatal(err)
		}
	}
	c.buyer = c.Buyer("1000")
	c.channel = c.Insert("channel", map[string]any{"code": "till", "name": "Till", "kind": "till"})
	c.one, c.two = c.node(c.Pool), c.node(c.further())
	return c
}

func (c *counter) further() *pgxpool.Pool {
	pool, err := pgxpool.NewWithConfig(context.Background(), c.Pool.Config())
	if err != nil {
		c.T.Fatal(err)
	}
	c.T.Cleanup(pool.Close)
	return pool
}

func (c *counter) node(pool *pgxpool.Pool) *node {
	d := &payment.Desk{DB: pool, Gateways: c.gateway, Orders: &c.told, Registry: c.registry,
		Log: slog.New(slog.NewTextHandler(c.T.Output(), nil))}
	bindings := slices.DeleteFunc(commercetest.Bindings(order.Services{}), func(b command.Binding) bool {
		return slices.ContainsFunc(payment.Bindings(d), func(p command.Binding) bool { return p.On == b.On && p.Name == b.Name })
	})
	runner, err := command.NewRunner(pool, c.Store, bindings, payment.Bindings(d))
	if err != nil {
		c.T.Fatal(err)
	}
	return &node{d, runner}
}

// paid is an order with its payment.
type paid struct {
	*counter
	order, id, attempt string
}

// open writes an order of an amount and queues its payment, as checkout does.
func (c *counter) open(method, amount, token string) *paid {
	c.T.Helper()
	c.orders++
	p := &paid{counter: c, id: uuid.Must(uuid.NewV7()).String(), attempt: uuid.Must(uuid.NewV7()).String()}
	p.order = c.Insert("sales_order", map[string]any{"number": fmt.Sprintf("W%08d", c.orders), "currency": "EUR", "payment_method": "paymentTerm",
		"total": amount, "customer_id": c.buyer.Customer, "customer_user_id": c.buyer.User})
	ctx := context.Background()
	err := pgx.BeginFunc(ctx, c.Pool, func(tx pgx.Tx) error {
		caller := c.As(c.buyer)
		if err := access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		m, found, err := payment.Methods{Registry: c.registry}.Find(ctx, tx, c.Organization, c.Website, method)
		if err != nil || !found {
			return errors.Join(fmt.Errorf("the way of paying %s: %t", method, found), err)
		}
		o := payment.Opening{ID: p.id, Transaction: p.attempt, Order: p.order, Customer: c.buyer.Customer, Website: c.Website, Method: m,
			Amount: money.Of(decimal.RequireFromString(amount), "EUR"), Token: token, ReturnURL: "https://shop.test/back", Language: "en"}
		batch := &pgx.Batch{}
		payment.Queue(batch, caller, &o)
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return err
		}
		return change.Append(ctx, tx, caller, o.Entries()...)
	})
	if err != nil {
		c.T.Fatal(err)
	}
	return p
}

func (p *paid) settle(n *node) {
	p.T.Helper()
	if err := n.desk.Settle(context.Background(), p.Organization, p.id); err != nil {
		p.T.Error(err)
	}
}

// state is the payment's row for people: status authorized/captured/refunded and code.
func (p *paid) state() (s string) {
	p.T.Helper()
	p.Scan(&s, `SELECT concat_ws(' ', status, trim_scale(authorized_amount) || '/' || trim_scale(captured_amount) || '/' || trim_scale(refunded_amount), code)
		FROM payment WHERE id = $1`, p.id)
	return s
}

// steps are the transactions but the first: action, amount, status and code.
func (p *paid) steps() (s string) {
	p.T.Helper()
	p.Scan(&s, `SELECT coalesce(string_agg(concat_ws(' ', action, trim_scale(amount), status, code), ', ' ORDER BY id), '')
		FROM payment_transaction WHERE payment_id = $1 AND id <> $2`, p.id, p.attempt)
	return s
}

func (p *paid) want(state string) {
	p.T.Helper()
	if got := p.state(); got != state {
		p.T.Errorf("the payment is %q, want %q; the gateway has %s, the steps are %s", got, state, p.gateway.has(p.attempt), p.steps())
	}
}

// run runs a command as staff on a node, and gives the transaction's status and code, or the code that it was refused with.
func (p *paid) run(n *node, name string, input map[string]any) string {
	p.T.Helper()
	result, _, err := p.Run(n.runner, p.Caller, "payments", name, p.id, input, "")
	var refused *command.Error
	switch {
	case errors.As(err, &refused):
		return refused.Code()
	case err != nil:
		return err.Error()
	case name == "refresh":
		return p.state()
	}
	var s string
	p.Scan(&s, "SELECT concat_ws(' ', status, code) FROM payment_transaction WHERE id = $1", result)
	return s
}

func amount(a string) map[string]any { return map[string]any{"amount": a} }

// hasty makes all that waits due now.
func (c *counter) hasty() {
	c.Exec("UPDATE payment_work SET due_at = now() - interval '1 second', claimed_until = NULL WHERE due_at < 'infinity'")
}

func (c *counter) sweep(n *node) {
	c.T.Helper()
	if err := n.desk.Sweep(context.Background()); err != nil {
		c.T.Error(err)
	}
}
