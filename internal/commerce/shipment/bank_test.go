package shipment_test

import (
	"context"
	"sync"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

// bank is a gateway with the books of one payment. It answers a repeated attempt as before and takes and gives no more than
// there is.
type bank struct {
	mu       sync.Mutex
	state    module.PaymentState
	answered map[string]module.PaymentState // by attempt
}

func (b *bank) Pay(_ context.Context, _, _ string, r module.PaymentRequest) (*module.PaymentState, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if known, ok := b.answered[r.Attempt]; ok {
		return &known, nil
	}
	s := &b.state
	sum := func(a money.Amount) money.Amount { return money.Of(a.Number.Add(r.Amount.Number), r.Amount.Currency) }
	beyond := func(a, of money.Amount) bool { return a.Number.Add(r.Amount.Number).GreaterThan(of.Number) }
	no := func(code string) (*module.PaymentState, error) {
		return nil, &module.Error{Class: module.Refused, Code: code, Detail: r.Amount.String()}
	}
	switch r.Action {
	case module.Authorize:
		zero := money.Of(decimal.Zero, r.Amount.Currency)
		*s = module.PaymentState{Status: module.PaymentAuthorized, Reference: "pay_1", Attempt: r.Attempt, Authorized: r.Amount, Captured: zero, Refunded: zero}
	case module.Capture:
		if beyond(s.Captured, s.Authorized) || s.Status != module.PaymentAuthorized {
			return no("amount_too_large")
		}
		if s.Captured = sum(s.Captured); r.Final || s.Captured.Number.Equal(s.Authorized.Number) {
			s.Status = module.PaymentCaptured
		}
	case module.Refund:
		if beyond(s.Refunded, s.Captured) {
			return no("amount_too_large")
		}
		s.Refunded = sum(s.Refunded)
	default:
		return no("unexpected")
	}
	answer := *s
	answer.Step = "step_" + r.Attempt
	b.answered[r.Attempt] = answer
	return &answer, nil
}

func (b *bank) Look(context.Context, string, string, module.PaymentLookup) (*module.PaymentState, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	answer := b.state
	return &answer, nil
}

// From the shipments to the bank's books and back, on two nodes: what has left is taken, once and to the cent, and what came
// back is given back.
func TestMoneyFollowsGoods(t *testing.T) {
	y := &yard{Shop: commercetest.NewShop(t)}
	for sku, price := range map[string]string{"R9": "12.50", "B1": "3.99"} {
		product := y.Product(sku)
		y.Price(y.Prices, product, "0", price)
		y.Stock("MAIN", product, "C62", "100")
	}
	y.Insert("channel", map[string]any{"code": "card", "name": "Card", "kind": "card"})
	books := &bank{answered: map[string]module.PaymentState{}}
	var runners [2]*command.Runner
	var desks [2]*payment.Desk
	for i := range runners {
		outbox := commercetest.NewOutbox(y.House)
		desks[i] = &payment.Desk{DB: y.Pool, Gateways: books, Orders: order.Book{Outbox: outbox}, Registry: commercetest.Registry()}
		runners[i] = y.NewRunnerWith(order.Services{DB: y.Pool, Outbox: outbox, Payments: desks[i]})
	}
	y.Runner = runners[0]
	settle := func() {
		t.Helper()
		for range 3 {
			y.Exec("UPDATE payment_work SET due_at = now()")
			var both sync.WaitGroup
			for _, d := range desks {
				both.Go(func() {
					if err := d.Sweep(context.Background()); err != nil {
						t.Error(err)
					}
				})
			}
			both.Wait()
		}
	}
	buyer, address := y.Trader("1000")
	checkout := y.Checkout(y.Cart(buyer, commercetest.Item{Quantity: "10", Unit: "C62", SKU: "R9"}, commercetest.Item{Quantity: "4", Unit: "C62", SKU: "B1"}), address)
	y.Exec("UPDATE checkout SET payment_method = 'card' WHERE id = $1", checkout)
	id, _, err := y.Run(y.Runner, y.As(buyer), "checkouts", "place", checkout, object{"paymentToken": "tok", "returnUrl": "https://shop.test/back"}, "")
	if err != nil {
		t.Fatal(err)
	}
	y.buyer, y.order = buyer, id
	stands := func(what, want string) {
		t.Helper()
		settle()
		s, _ := books.Look(context.Background(), "", "", module.PaymentLookup{})
		var status string
		y.Scan(&status, "SELECT payment_status FROM sales_order WHERE id = $1", id)
		y.step(what, status+" "+s.Authorized.Number.String()+" "+s.Captured.Number.String()+" "+s.Refunded.Number.String(), want)
	}
	stands("placed", "authorized 140.96 0 0")
	y.step("a part", y.ship("D1", "", line(10, "3")), "")
	stands("a part has left", "partlyCaptured 140.96 37.5 0")
	var both sync.WaitGroup
	for _, r := range runners {
		both.Go(func() {
			if _, _, err := y.Run(r, y.Caller, "orders", "ship", id, object{"number": "D2", "lines": []any{line(10, "7"), line(20, "4")}}, ""); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	stands("all has left", "captured 140.96 140.96 0")
	y.step("a return", y.do("refund", object{"lines": []any{line(20, "1"), line(10, "2")}, "reason": "broken"}), "")
	stands("after it", "partlyRefunded 140.96 140.96 28.99")
	y.step("more than is left", y.do("refund", object{"amount": "111.98"}), "amount_too_high")
	y.step("the rest", y.do("refund", object{"lines": []any{line(10, "8"), line(20, "3")}}), "")
	stands("after it", "refunded 140.96 140.96 140.96")
}
