package shipment_test

import "testing"

// A service goes with the goods: beside a rejected part of them it is charged with the last parcel, and taken back as a line.
func TestServiceFollowsTheLastParcel(t *testing.T) {
	y := newYard(t)
	y.byCard()
	y.Exec("UPDATE product SET kind = 'service' WHERE sku = 'B1'")
	y.step("a part of the goods", y.ship("D1", "", line(10, "3")), "")
	y.step("what is taken", y.asked(), "capture 37.5 pending")
	y.step("the service too early", y.do("refund", object{"lines": []any{line(20, "1")}}), "too_much")
	rest := line(10, "3")
	rest["status"] = "rejected"
	y.step("the rest of the goods is rejected", y.do("confirm", object{"lines": []any{rest}}), "")
	y.step("what is taken", y.asked(), "capture 37.5 pending, capture 15.96 pending")
	y.Exec("UPDATE payment SET captured_amount = 53.46, status = 'captured', gateway_status = 'captured'")
	y.Exec("DELETE FROM payment_work")
	y.Exec("UPDATE payment_transaction SET status = 'succeeded' WHERE action = 'capture'")
	y.step("a part of the service is taken back", y.do("refund", object{"lines": []any{line(20, "1")}}), "")
	y.step("what is given back", y.asked(), "capture 37.5 succeeded, capture 15.96 succeeded, refund 3.99 pending")
	y.step("more of it than there was", y.do("refund", object{"lines": []any{line(20, "4")}}), "too_much")
}
