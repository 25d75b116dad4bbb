package shipment_test

import (
	"sync"
	"testing"

	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
)

// byCard makes the order one whose payment is authorized at a gateway, to be taken as goods leave. It costs 140.96.
func (y *yard) byCard() {
	y.T.Helper()
	y.Exec(`UPDATE payment SET online = true, capture = 'shipment', status = 'authorized', gateway_status = 'authorized', authorized_amount = amount,
		gateway_reference = 'pay_1' WHERE order_id = $1`, y.order)
}

// asked are the payment's questions to the gateway beside the first: action, amount and state.
func (y *yard) asked() (text string) {
	y.T.Helper()
	y.Scan(&text, `SELECT coalesce(string_agg(action || ' ' || trim_scale(amount) || ' ' || status, ', ' ORDER BY id), '') FROM payment_transaction
		WHERE order_id = $1 AND action <> 'authorize'`, y.order)
	return text
}

// What has left is taken, to the cent of the total when everything has.
func TestCaptureFollowsShipment(t *testing.T) {
	y := newYard(t)
	y.byCard()
	y.step("the first part", y.ship("D1", "", line(10, "3")), "")
	y.step("what is taken", y.asked(), "capture 37.5 pending")
	y.step("a resend", y.ship("D1", "", line(10, "3")), "")
	y.step("what is taken", y.asked(), "capture 37.5 pending")
	y.step("the rest", y.ship("D2", "", line(10, "7"), line(20, "4")), "")
	y.step("what is taken", y.asked(), "capture 37.5 pending, capture 103.46 pending")
}

// What the ERP rejects is not waited for: the last shipment is the last, and what is left of the money is let go.
func TestRejectedRestIsNotTaken(t *testing.T) {
	y := newYard(t)
	y.byCard()
	y.step("a part", y.ship("D1", "", line(10, "10")), "")
	y.step("the status", y.state(), "processing partlyShipped shipped 10 0 reserved 0 4 on hand 90 100")
	rejected := line(20, "0")
	rejected["status"] = "rejected"
	y.step("the rest is rejected", y.do("confirm", object{"lines": []any{rejected}}), "")
	y.step("the status", y.state(), "processing shipped shipped 10 0 reserved 0 0 on hand 90 100")
	y.step("what is taken", y.asked(), "capture 125 pending, cancel 0 pending")
}

func TestRefundOfReturns(t *testing.T) {
	y := newYard(t)
	y.byCard()
	y.step("nothing was taken", y.do("refund", object{"amount": "1"}), "nothing_to_refund")
	y.ship("D1", "", line(10, "10"), line(20, "4"))
	y.Exec("UPDATE payment SET captured_amount = 140.96, status = 'captured', gateway_status = 'captured'")
	y.Exec("DELETE FROM payment_work")
	y.Exec("UPDATE payment_transaction SET status = 'succeeded' WHERE action = 'capture'")
	y.step("neither", y.do("refund", object{"reason": "?"}), "one_of")
	y.step("both", y.do("refund", object{"amount": "1", "lines": []any{line(10, "1")}}), "one_of")
	y.step("nothing", y.do("refund", object{"amount": "0"}), "invalid_amount")
	y.step("half a cent", y.do("refund", object{"amount": "0.005"}), "invalid_amount")
	y.step("more than there is", y.do("refund", object{"amount": "140.97"}), "amount_too_high")
	y.step("an unknown line", y.do("refund", object{"lines": []any{line(30, "1")}}), "unknown_line")
	y.step("more than has left", y.do("refund", object{"lines": []any{line(20, "4"), line(20, "1")}}), "too_much")
	y.step("a line", y.do("refund", object{"lines": []any{line(20, "3")}, "reason": "broken"}), "")
	y.step("what is given back", y.asked(), "capture 140.96 succeeded, refund 11.97 pending")
	y.step("more of it than is there", y.do("refund", object{"lines": []any{line(20, "2")}}), "too_much")
	y.step("the rest as an amount", y.do("refund", object{"amount": "128.99"}), "")
	y.step("one more", y.do("refund", object{"lines": []any{line(20, "1")}}), "nothing_to_refund")
	var back string
	y.Scan(&back, "SELECT string_agg(trim_scale(returned_quantity)::text, ' ' ORDER BY position) FROM order_line")
	y.step("what came back", back, "0 3")
}

// The same goods shipped at the same time on two nodes leave once, and are taken once.
func TestShippedTwiceAtOnce(t *testing.T) {
	y := newYard(t)
	y.byCard()
	other := y.NewRunner(commercetest.NewOutbox(y.House))
	for _, c := range []struct{ one, two, want string }{{"D1", "D1", "5"}, {"D2", "D3", "10"}} {
		start := make(chan struct{})
		var all sync.WaitGroup
		outcomes := make([]error, 2)
		for i, r := range []*command.Runner{y.Runner, other} {
			all.Go(func() {
				<-start
				_, _, outcomes[i] = y.Run(r, y.Caller, "orders", "ship", y.order, object{"number": []string{c.one, c.two}[i], "lines": []any{line(10, "5")}}, "")
			})
		}
		close(start)
		all.Wait()
		var shipped string
		y.Scan(&shipped, "SELECT trim_scale(shipped_quantity)::text FROM order_line WHERE order_id = $1 AND position = 10", y.order)
		if shipped != c.want {
			t.Errorf("%s of 10 have left, want %s: %v", shipped, c.want, outcomes)
		}
	}
	y.step("what is taken", y.asked(), "capture 62.5 pending, capture 62.5 pending")
}
