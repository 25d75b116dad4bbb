package commercetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/billing"
	"github.com/hanse-commerce/hanse/internal/commerce/cart"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/internal/commerce/shipment"
	"github.com/hanse-commerce/hanse/internal/job"
	"github.com/hanse-commerce/hanse/resource"
)

// Shop is a house that takes orders: a price list for everyone and commands with an outbox of real jobs.
type Shop struct {
	*House
	Runner *command.Runner
	Prices string // UUID of the price list DEFAULT
}

// NewShop makes a shop.
func NewShop(t testing.TB) *Shop {
	t.Helper()
	h := New(t)
	return &Shop{House: h, Runner: h.NewRunner(NewOutbox(h)), Prices: h.ID("price_list", "code", "DEFAULT")}
}

// NewRunner runs the commands of the business on the house's database.
func (h *House) NewRunner(outbox order.Outbox) *command.Runner {
	h.T.Helper()
	return h.NewRunnerOn(h.Pool, outbox)
}

// NewRunnerOn is NewRunner with transactions of another making.
func (h *House) NewRunnerOn(db command.Database, outbox order.Outbox) *command.Runner {
	h.T.Helper()
	return h.newRunner(db, order.Services{DB: h.Pool, Outbox: outbox})
}

// NewRunnerWith is NewRunner with services of the test's own.
func (h *House) NewRunnerWith(s order.Services) *command.Runner {
	h.T.Helper()
	return h.newRunner(h.Pool, s)
}

func (h *House) newRunner(db command.Database, s order.Services) *command.Runner {
	h.T.Helper()
	runner, err := command.NewRunner(db, h.Store, Bindings(s))
	if err != nil {
		h.T.Fatal(err)
	}
	return runner
}

// Bindings ties all commands of the business to their functions. Ways of paying are those of Registry where none are given.
func Bindings(s order.Services) []command.Binding {
	if s.Methods.Registry == nil {
		s.Methods.Registry = Registry()
	}
	desk, ok := s.Payments.(*payment.Desk)
	if !ok {
		desk = &payment.Desk{DB: s.DB, Registry: s.Methods.Registry, Orders: order.Book{Outbox: s.Outbox}}
	}
	return slices.Concat(cart.Bindings(), order.Bindings(s), order.Answers(s), shipment.Bindings(s.Methods.Registry),
		billing.Bindings(), payment.Bindings(desk))
}

// Placed is the job that the outbox asks for.
type Placed struct {
	Organization string `json:"organization"`
	Order        string `json:"order"`
}

// Kind implements river.JobArgs.
func (Placed) Kind() string { return "test.placed" }

// outbox asks for a job as the real one does.
type outbox struct{ jobs *job.Client }

// NewOutbox is an outbox of jobs that nobody works.
func NewOutbox(h *House) order.Outbox {
	h.T.Helper()
	jobs, err := job.NewClient(h.Pool, job.Options{PollOnly: true})
	if err != nil {
		h.T.Fatal(err)
	}
	return JobOutbox(jobs)
}

// JobOutbox is an outbox that asks for jobs of the kind Placed.
func JobOutbox(jobs *job.Client) order.Outbox { return outbox{jobs} }

func (o outbox) OrderPlaced(ctx context.Context, tx pgx.Tx, organization, order string) error {
	_, err := o.jobs.InsertTx(ctx, tx, Placed{organization, order}, &river.InsertOpts{MaxAttempts: 200})
	return err
}

// Trader adds a buyer who can order on account: with a payment term and an address.
func (s *Shop) Trader(number string) (buyer Buyer, address string) {
	s.T.Helper()
	buyer = s.Buyer(number)
	s.Exec("UPDATE customer SET payment_term_id = $2 WHERE id = $1", buyer.Customer, s.ID("payment_term", "code", "NET30"))
	return buyer, s.Address(buyer.Customer, "Domstr. 1")
}

// Address adds an address in Cologne.
func (s *Shop) Address(customer, street string) string {
	s.T.Helper()
	return s.Insert("customer_address", map[string]any{"customer_id": customer, "street": street, "postal_code": "50667", "city": "Köln", "country": "DE"})
}

// Item is a line of a cart: quantity, unit and SKU.
type Item struct{ Quantity, Unit, SKU string }

// Cart fills a cart of a buyer by the rows.
func (s *Shop) Cart(b Buyer, items ...Item) string {
	s.T.Helper()
	id := s.Insert("cart", map[string]any{"customer_id": b.Customer, "customer_user_id": b.User, "website_id": s.Website, "currency": "EUR"})
	for i, it := range items {
		s.Insert("cart_line", map[string]any{"cart_id": id, "product_id": s.ID("product", "sku", it.SKU), "unit_id": s.Unit(it.Unit),
			"quantity": it.Quantity, "position": i + 1})
	}
	return id
}

// Checkout is what a cart still needs to be ordered; shipping is free.
func (s *Shop) Checkout(cart, address string) string {
	s.T.Helper()
	return s.Insert("checkout", map[string]any{"cart_id": cart, "shipping_address_id": address,
		"shipping_method_id": s.ID("shipping_method", "code", "STANDARD")})
}

// Run runs a command, such as checkouts/place, on the record with an id.
func (h *House) Run(r *command.Runner, caller access.Caller, on, name, target string, input map[string]any, key string) (result string, replayed bool, err error) {
	h.T.Helper()
	c, ok := h.Schema.Command(on, name)
	if !ok {
		h.T.Fatalf("there is no command %s/%s", on, name)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return r.Run(ctx, caller, c, resource.Ref{ID: target}, input, key)
}

// Place places a checkout and gives the order's id.
func (s *Shop) Place(caller access.Caller, checkout string) (string, error) {
	s.T.Helper()
	id, _, err := s.Run(s.Runner, caller, "checkouts", "place", checkout, nil, "")
	return id, err
}
