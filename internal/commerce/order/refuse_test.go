package order_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
)

// codes are the faults of a refusal as "field code", nil if it is none.
func codes(err error) (all []string) {
	var refused *command.Error
	if !errors.As(err, &refused) {
		return nil
	}
	for _, v := range refused.Violations() {
		all = append(all, strings.TrimSpace(v.Field+" "+v.Code))
		if v.Detail == "" || strings.Contains(v.Detail, "%!") {
			all = append(all, "bad detail: "+v.Detail)
		}
	}
	return all
}

// untouched are the tables in which a refused order leaves nothing.
func untouched(t *testing.T, s *commercetest.Shop) {
	t.Helper()
	same(t, `[{"orders":0,"lines":0,"addresses":0,"reservations":0,"reserved":0,"jobs":0,"changes":0,"placed":0}]`,
		rows(s, `SELECT (SELECT count(*) FROM sales_order) AS orders, (SELECT count(*) FROM order_line) AS lines,
		(SELECT count(*) FROM order_address) AS addresses, (SELECT count(*) FROM stock_reservation) AS reservations,
		(SELECT count(*) FROM inventory_level WHERE reserved <> 0) AS reserved, (SELECT count(*) FROM river_job) AS jobs,
		(SELECT count(*) FROM change WHERE actor_kind <> 'system') AS changes, (SELECT count(*) FROM checkout WHERE status <> 'open') AS placed`))
}

func TestRefused(t *testing.T) {
	bolts := []commercetest.Item{{Quantity: "10", Unit: "C62", SKU: "bolt"}}
	for _, c := range []struct {
		name, set string
		items     []commercetest.Item
		want      []string
	}{
		{"nothing in the cart", "", nil, []string{"cart empty_cart"}},
		{"order block", "UPDATE customer SET order_block = true", bolts, []string{"order_blocked"}},
		{"disabled customer", "UPDATE customer SET status = 'disabled'", bolts, []string{"customer_disabled"}},
		{"no payment term", "UPDATE customer SET payment_term_id = NULL", bolts, []string{"paymentMethod no_payment_term"}},
		{"all that is missing", "UPDATE checkout SET shipping_address_id = NULL, shipping_method_id = NULL", bolts,
			[]string{"shippingAddress required", "shippingMethod required"}},
		{"shipping not offered any more", "UPDATE shipping_method SET status = 'disabled'", bolts, []string{"shippingMethod invalid_value"}},
		{"shipping in another currency", "UPDATE shipping_method SET currency = 'USD'", bolts, []string{"shippingMethod invalid_value"}},
		{"disabled products", "UPDATE product SET status = 'disabled' WHERE sku <> 'wire'",
			[]commercetest.Item{bolts[0], {Quantity: "1", Unit: "MTR", SKU: "wire"}, {Quantity: "1", Unit: "C62", SKU: "screw"}},
			[]string{"lines/0 not_sold", "lines/2 not_sold"}},
		{"no prices", "UPDATE price SET min_quantity = 20 WHERE per = 100 OR amount = 1.99",
			[]commercetest.Item{bolts[0], {Quantity: "1", Unit: "MTR", SKU: "wire"}, {Quantity: "1", Unit: "C62", SKU: "screw"}},
			[]string{"lines/1 no_price", "lines/2 no_price"}},
		{"a price of next year", "UPDATE price SET valid_from = now()::date + 1", bolts, []string{"lines/0 no_price"}},
		{"a price of another currency", "UPDATE price SET currency = 'USD'", bolts, []string{"lines/0 no_price"}},
		{"a unit without a price", "", []commercetest.Item{{Quantity: "1", Unit: "XPK", SKU: "bolt"}}, []string{"lines/0 no_price"}},
		{"too fine for the unit", "UPDATE unit SET precision = 0", []commercetest.Item{bolts[0], {Quantity: "1.5", Unit: "MTR", SKU: "wire"}},
			[]string{"lines/1 invalid_quantity"}},
		{"short of stock", "UPDATE inventory_level SET on_hand = least(on_hand, 12)",
			[]commercetest.Item{{Quantity: "13", Unit: "C62", SKU: "bolt"}, {Quantity: "12", Unit: "MTR", SKU: "wire"}, {Quantity: "13", Unit: "C62", SKU: "screw"}},
			[]string{"lines/0 short_stock", "lines/2 short_stock"}},
		{"short of stock in cartons", "UPDATE inventory_level SET on_hand = 23", []commercetest.Item{{Quantity: "1", Unit: "XCT", SKU: "bolt"}},
			[]string{"lines/0 short_stock"}},
		{"too dear", "UPDATE price SET amount = 999999999999", []commercetest.Item{{Quantity: "999", Unit: "C62", SKU: "service"}}, []string{"too_large"}},
		{"over the credit", "UPDATE customer SET credit_limit = 6.14", bolts, []string{"credit_limit"}},
		{"credit in another currency", "UPDATE customer SET credit_limit = 1000, currency = 'USD'", bolts, []string{"credit_limit"}},
		{"another customer's address", "UPDATE checkout SET shipping_address_id = (SELECT id FROM customer_address WHERE street = 'Elsewhere 1'), billing_address_id = (SELECT id FROM customer_address WHERE street <> 'Elsewhere 1')",
			bolts, []string{"shippingAddress not_found"}},
		{"another customer's address for the invoice", "UPDATE checkout SET billing_address_id = (SELECT id FROM customer_address WHERE street = 'Elsewhere 1')",
			bolts, []string{"billingAddress not_found"}},
		{"another customer's address for both", "UPDATE checkout SET shipping_address_id = (SELECT id FROM customer_address WHERE street = 'Elsewhere 1')",
			bolts, []string{"shippingAddress not_found", "billingAddress not_found"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := ironmonger(t)
			buyer, address := s.Trader("1000")
			s.Address(s.Buyer("2000").Customer, "Elsewhere 1")
			checkout := s.Checkout(s.Cart(buyer, c.items...), address)
			if c.set != "" {
				s.Exec(c.set)
			}
			_, err := s.Place(s.As(buyer), checkout)
			if diff := cmp.Diff(c.want, codes(err)); diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
			t.Log(err)
			untouched(t, s)
		})
	}
}

// A client that sends prices, totals or another tenant is refused; the total it was shown is compared and never charged.
func TestClientsPricesDoNotCount(t *testing.T) {
	s := ironmonger(t)
	buyer, address := s.Trader("1000")
	checkout := s.Checkout(s.Cart(buyer, commercetest.Item{Quantity: "10", Unit: "C62", SKU: "bolt"}), address)
	for _, c := range []struct {
		input map[string]any
		want  []string
	}{
		{map[string]any{"price": "0.01", "discountTotal": "5", "organization": s.Organization, "customer": buyer.Customer},
			[]string{"customer unknown_field", "discountTotal unknown_field", "organization unknown_field", "price unknown_field"}},
		{map[string]any{"total": "0.01"}, []string{"total price_changed"}},
		{map[string]any{"total": "-6.15"}, []string{"total price_changed"}},
		{map[string]any{"total": "abc", "poNumber": 5}, []string{"poNumber invalid_value", "total invalid_value"}},
		{map[string]any{"poNumber": strings.Repeat("x", 36)}, []string{"poNumber invalid_value"}},
	} {
		_, _, err := s.Run(s.Runner, s.As(buyer), "checkouts", "place", checkout, c.input, "")
		if diff := cmp.Diff(c.want, codes(err)); diff != "" {
			t.Errorf("%v: %v\n%s", c.input, err, diff)
		}
	}
	untouched(t, s)
	id, _, err := s.Run(s.Runner, s.As(buyer), "checkouts", "place", checkout, map[string]any{"total": "6.150", "poNumber": "PO-2"}, "")
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Get(s.As(buyer), "orders", id, "total", "poNumber"); got["total"] != "6.15" || got["poNumber"] != "PO-2" {
		t.Errorf("the order is %v", got)
	}
}

// Who may place: the buyer himself, staff on his behalf, staff of no permission not, and for everybody else the checkout
// does not exist.
func TestWhoMayPlace(t *testing.T) {
	s := ironmonger(t)
	buyer, address := s.Trader("1000")
	other, _ := s.Trader("2000")
	colleague := buyer
	colleague.User = s.Insert("customer_user", map[string]any{"email": "colleague@example.test", "customer_id": buyer.Customer})
	s.Exec("UPDATE customer_user SET language = 'de' WHERE id = $1", buyer.User)
	item := commercetest.Item{Quantity: "10", Unit: "C62", SKU: "bolt"}
	checkout := s.Checkout(s.Cart(buyer, item), address)
	visitor := access.Caller{Side: access.Storefront, Organization: s.Organization, Language: "en"}
	stranger := s.As(buyer)
	stranger.Organization = s.Admin
	clerk := access.Caller{Side: access.Admin, Organization: s.Organization, Language: "en", Actor: access.Actor{Kind: access.User, ID: s.Admin},
		Grants: access.NewGrants()}
	clerk.Grants.Allow("checkouts", access.Read, access.GlobalLevel)
	for name, c := range map[string]struct {
		caller access.Caller
		want   string
	}{
		"another customer": {s.As(other), "not_found"}, "a colleague": {s.As(colleague), "not_found"}, "a visitor": {visitor, "not_found"},
		"another organization": {stranger, "not_found"}, "staff without the permission": {clerk, "forbidden"},
	} {
		if _, err := s.Place(c.caller, checkout); len(codes(err)) != 1 || codes(err)[0] != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	untouched(t, s)
	clerk.Grants = access.NewGrants()
	clerk.Grants.Allow("checkouts", "place", access.GlobalLevel)
	id, err := s.Place(clerk, checkout)
	if err != nil {
		t.Fatal(err)
	}
	same(t, `[{"name":"Sechskantschraube","price_list":"DEFAULT","mine":true,"actor":"user"}]`,
		rows(s, `SELECT l.name, l.price_list, o.customer_user_id = $2 AS mine, c.actor_kind AS actor FROM sales_order o JOIN order_line l ON l.order_id = o.id
		JOIN change c ON c.event = 'order.placed' AND o.id = ANY (c.ids) WHERE o.id = $1`, id, buyer.User))
	if again, err := s.Place(s.As(buyer), checkout); again != id || err != nil {
		t.Errorf("the buyer's own place gives %s, %v", again, err)
	}
}

// A person of a parent company orders for a company below it, at that company's prices and terms and to its address; the
// other way round there is nothing to be seen.
func TestParentOrdersForItsBranch(t *testing.T) {
	s := ironmonger(t)
	parent, headquarters := s.Trader("1000")
	branch, depot := s.Trader("1001")
	s.Exec("UPDATE customer SET parent_id = $2 WHERE id = $1", branch.Customer, parent.Customer)
	s.Price(s.List("BRANCH", "customer_id", branch.Customer, 0), s.ID("product", "sku", "bolt"), "0", "0.05")
	caller := s.As(parent)
	caller.Customers = []string{parent.Customer, branch.Customer}
	forBranch := branch
	forBranch.User = parent.User
	checkout := s.Checkout(s.Cart(forBranch, commercetest.Item{Quantity: "10", Unit: "C62", SKU: "bolt"}), headquarters)
	if _, err := s.Place(s.As(branch), checkout); codes(err)[0] != "not_found" {
		t.Errorf("the branch sees the parent's checkout: %v", err)
	}
	if _, err := s.Place(caller, checkout); codes(err)[0] != "shippingAddress not_found" {
		t.Errorf("goods for the branch go to another company: %v", err)
	}
	s.Exec("UPDATE checkout SET shipping_address_id = $2 WHERE id = $1", checkout, depot)
	id, err := s.Place(caller, checkout)
	if err != nil {
		t.Fatal(err)
	}
	for name, who := range map[string]access.Caller{"parent": caller, "branch": s.As(branch)} {
		if got := s.Get(who, "orders", id, "subtotal"); got["subtotal"] != "0.5" {
			t.Errorf("the %s sees %v", name, got)
		}
	}
	if got := s.Get(s.As(commercetest.Buyer{Customer: parent.Customer, User: parent.User}), "orders", id); got != nil {
		t.Error("without the branch among his customers the parent sees its order")
	}
}
