package billing_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/billing"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/resource"
)

// office is a shop with two orders of 10 of R9 at 12.50, one by each of two buyers.
type office struct {
	*commercetest.Shop
	buyers [2]commercetest.Buyer
	orders [2]string
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{Shop: commercetest.NewShop(t)}
	product := o.Product("R9")
	o.Price(o.Prices, product, "0", "12.50")
	o.Stock("MAIN", product, "C62", "100")
	for i, number := range []string{"1000", "2000"} {
		buyer, address := o.Trader(number)
		order, err := o.Place(o.As(buyer), o.Checkout(o.Cart(buyer, commercetest.Item{Quantity: "10", Unit: "C62", SKU: "R9"}), address))
		if err != nil {
			t.Fatal(err)
		}
		o.buyers[i], o.orders[i] = buyer, order
	}
	return o
}

type object = map[string]any

// bill is the input of an invoice of some R9; its total is net and 19 percent of it, given by the test.
func bill(number, time, quantity, net, tax, total string) object {
	input := object{"number": number, "net": net, "taxTotal": tax, "total": total, "invoicedOn": "2026-11-24", "dueOn": "2026-12-24",
		"lines": []any{object{"position": json.Number("10"), "quantity": quantity, "net": net, "taxPercent": "19", "taxTotal": tax}}}
	if time != "" {
		input["documentTime"] = time
	}
	return input
}

// do runs a command on an order and says what came of it: "" or the codes of its refusal.
func (o *office) do(name string, order int, input object) string {
	o.T.Helper()
	_, _, err := o.Run(o.Runner, o.Caller, "orders", name, o.orders[order], input, "")
	var refused *command.Error
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &refused):
		o.T.Fatalf("%s %v: %v", name, input, err)
	}
	var codes []string
	for _, v := range refused.Violations() {
		codes = append(codes, v.Code)
	}
	return strings.Join(codes, " ")
}

func (o *office) step(what, got, want string) {
	o.T.Helper()
	if got != want {
		o.T.Errorf("%s: %q, want %q", what, got, want)
	}
}

// state is the first order's status and what it was charged, then its invoices.
func (o *office) state() (text string) {
	o.T.Helper()
	o.Scan(&text, `SELECT o.status || ' ' || trim_scale(o.invoiced_total) || ' for ' || (SELECT trim_scale(invoiced_quantity) FROM order_line l WHERE l.order_id = o.id)
		|| coalesce((SELECT string_agg(format('; %s of %s until %s: %s + %s, %s lines', i.number, i.invoiced_on, i.due_on, trim_scale(i.net), trim_scale(i.tax_total),
			(SELECT count(*) FROM invoice_line x WHERE x.invoice_id = i.id)), '' ORDER BY i.number) FROM invoice i WHERE i.order_id = o.id), '')
		FROM sales_order o WHERE o.id = $1`, o.orders[0])
	return text
}

func (o *office) changes() string {
	var n int
	o.Scan(&n, "SELECT count(*) FROM change")
	return strconv.Itoa(n)
}

func TestSeveralInvoices(t *testing.T) {
	o := newOffice(t)
	o.step("the first", o.do("invoice", 0, bill("R1", "2026-11-24T10:00:00Z", "4", "50", "9.50", "59.50")), "")
	const first = "R1 of 2026-11-24 until 2026-12-24: 50 + 9.5, 1 lines"
	o.step("after it", o.state(), "open 59.5 for 4; "+first)
	before := o.changes()
	o.step("a resend", o.do("invoice", 0, bill("R1", "2026-11-24T10:00:00Z", "4", "50.00", "9.5", "59.5")), "")
	o.step("an older one", o.do("invoice", 0, bill("R1", "2026-11-24T09:00:00Z", "5", "60", "11.40", "71.40")), "")
	o.step("what they changed", o.changes(), before)
	o.step("a newer one in its place", o.do("invoice", 0, bill("R1", "2026-11-24T11:00:00Z", "5", "62.50", "11.88", "74.38")), "")
	o.step("after it", o.state(), "open 74.38 for 5; R1 of 2026-11-24 until 2026-12-24: 62.5 + 11.88, 1 lines")
	o.step("a second", o.do("invoice", 0, bill("R2", "", "5", "62.50", "11.87", "74.37")), "")
	o.step("after it", o.state(), "open 148.75 for 10; R1 of 2026-11-24 until 2026-12-24: 62.5 + 11.88, 1 lines; R2 of 2026-11-24 until 2026-12-24: 62.5 + 11.87, 1 lines")
	o.step("the goods leave", o.do("ship", 0, object{"number": "D1", "lines": []any{object{"position": json.Number("10"), "quantity": "10"}}}), "")
	o.step("all has left and is charged", o.state()[:len("completed")], "completed")
	var events string
	o.Scan(&events, "SELECT string_agg(event, ' ' ORDER BY seq) FROM change WHERE resource = 'orders' AND event LIKE 'order.%' AND $1::uuid = ANY (ids)", o.orders[0])
	o.step("events", events, "order.placed order.invoiced order.invoiced order.invoiced order.shipped")
}

func TestRefusedInvoices(t *testing.T) {
	o := newOffice(t)
	o.step("the first", o.do("invoice", 0, bill("R1", "", "4", "50", "9.50", "59.50")), "")
	o.step("its number for another order", o.do("invoice", 1, bill("R1", "", "4", "50", "9.50", "59.50")), "number_taken")
	o.step("a wrong sum", o.do("invoice", 0, bill("R2", "", "4", "50", "9.50", "59.51")), "wrong_total")
	wrong := bill("R2", "", "4", "50", "9.50", "59.50")
	wrong["currency"] = "USD"
	wrong["lines"] = []any{object{"position": json.Number("20"), "net": "1"}, object{"net": "1"}}
	o.step("all that is wrong", o.do("invoice", 0, wrong), "wrong_currency unknown_line required")
	o.Exec("UPDATE sales_order SET status = 'cancelled' WHERE id = $1", o.orders[0])
	o.step("a cancelled order", o.do("invoice", 0, bill("R2", "", "4", "50", "9.50", "59.50")), "order_cancelled")
	o.step("its state", o.state(), "cancelled 59.5 for 4; R1 of 2026-11-24 until 2026-12-24: 50 + 9.5, 1 lines")
}

// One number given to two orders at the same moment is the first one's.
func TestOneNumberAtOnce(t *testing.T) {
	o := newOffice(t)
	for n := range 5 {
		number := "R" + strconv.Itoa(n)
		outcomes := make(chan string)
		for i := range o.orders {
			go func() { outcomes <- o.do("invoice", i, bill(number, "", "1", "10", "1.90", "11.90")) }()
		}
		if got := (<-outcomes) + (<-outcomes); got != "number_taken" {
			t.Errorf("the outcomes are %q", got)
		}
	}
}

// A buyer reads and prints his company's invoices and shipments; another company's do not exist for him, nor does a buyer
// write any.
func TestOthersInvoicesDoNotExist(t *testing.T) {
	o := newOffice(t)
	o.step("the invoice", o.do("invoice", 0, bill("R1", "", "4", "50", "9.50", "59.50")), "")
	o.step("the shipment", o.do("ship", 0, object{"number": "D1", "lines": []any{object{"position": json.Number("10"), "quantity": "4"}}}), "")
	his, other := o.As(o.buyers[0]), o.As(o.buyers[1])
	for table, typeName := range map[string]string{"invoice": "invoices", "invoice_line": "invoiceLines", "shipment": "shipments", "shipment_line": "shipmentLines"} {
		var id string
		o.Scan(&id, "SELECT id::text FROM "+table)
		if o.Get(his, typeName, id) == nil {
			t.Errorf("the buyer does not see his %s", typeName)
		}
		if got := o.Get(other, typeName, id); got != nil {
			t.Errorf("another sees %s: %v", typeName, got)
		}
		for _, field := range []string{"documentTime", "documentNumber"} {
			if _, ok := o.Get(his, typeName, id)[field]; ok {
				t.Errorf("the buyer sees %s of %s", field, typeName)
			}
		}
	}
	print := func(caller access.Caller) error {
		p, err := billing.ReadPaper(t.Context(), o.Pool, o.Store, caller, resource.ByKey("R1"))
		if err != nil {
			return err
		}
		var b bytes.Buffer
		if err := p.WritePDF(&b, "de"); err != nil {
			return err
		}
		for _, want := range []string{"Rechnung R1", "4 C62", "59,50", "Domstr. 1", "24.12.2026"} {
			if !strings.Contains(contents(t, b.Bytes()), written(want)) {
				t.Errorf("%q is not on the paper", want)
			}
		}
		return nil
	}
	if err := errors.Join(print(his), print(o.Caller)); err != nil {
		t.Error(err)
	}
	if err := print(other); !errors.Is(err, billing.ErrNoInvoice) {
		t.Errorf("another prints it: %v", err)
	}
	nobody := o.Caller
	nobody.Grants = access.NewGrants()
	if err := print(nobody); !errors.Is(err, billing.ErrNoInvoice) {
		t.Errorf("staff without a role prints it: %v", err)
	}
	for _, name := range []string{"invoice", "ship", "confirm", "refund"} {
		_, _, err := o.Run(o.Runner, his, "orders", name, o.orders[0], object{}, "")
		var refused *command.Error
		if !errors.As(err, &refused) || refused.Code() != command.CodeForbidden {
			t.Errorf("a buyer runs orders/%s: %v", name, err)
		}
	}
	_, _, err := o.Run(o.Runner, his, "customers", "importOrder", o.buyers[0].Customer, object{}, "")
	var refused *command.Error
	if !errors.As(err, &refused) || refused.Code() != command.CodeForbidden {
		t.Errorf("a buyer imports orders: %v", err)
	}
}
