package order

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/catalog"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/money"
	"github.com/hanse-commerce/hanse/resource"
)

// Refund gives money back for what came back, or an amount for another reason.
var Refund = resource.Command{
	Name: "refund", On: "orders", Result: "orders", Event: "order.refunded", Idempotent: true, Admin: true,
	Doc: "Gives money back: for lines that came back what they cost with their taxes, to the cent, or an amount. Never more than " +
		"was captured. A service can be taken back like goods once all goods have left; before that by amount. What came back is counted, but does not go on stock by it. A refund that fails later, as the payment's transactions " +
		"and the event order.refundFailed tell, leaves the lines counted: the goods are back all the same, and the money is given back by amount.",
	Input: resource.Fields{
		resource.List("lines", maxAnswered, resource.Fields{
			resource.Integer("position").Positive().Required().Doc("Number of the order's line."),
			catalog.Quantity("quantity").Positive().Required().Doc("How many came back, in the unit of the order's line."),
		}).Doc("What came back; not together with an amount."),
		resource.Decimal("amount", 18, 4).Positive().Doc("How much, in the order's currency; not together with lines."),
		resource.Text("reason").Max(255).Doc("Why."),
	},
}

// Answers ties the commands by which an ERP and staff answer an order to their functions.
func Answers(s Services) []command.Binding {
	d := &desk{s}
	return []command.Binding{
		{On: Confirm.On, Name: Confirm.Name, Run: confirm},
		{On: Import.On, Name: Import.Name, Run: importOrder},
		{On: Refund.On, Name: Refund.Name, Run: refund, After: d.repaid},
	}
}

// refund locks the order, counts what came back, and asks for the money to be given back.
func refund(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
	o, err := Hold(ctx, tx, call.Target)
	if err != nil {
		return "", err
	}
	if o.External {
		return "", command.Refuse("made_elsewhere", "", "Order %s was made and paid in the ERP; it is refunded there.", o.Number)
	}
	back, amount, err := o.asked(call)
	if err != nil {
		return "", err
	}
	if !amount.Number.IsPositive() || !amount.Round().Number.Equal(amount.Number) {
		return "", command.Refuse("invalid_amount", "amount", "%s cannot be given back; it must be above zero and of whole coins.", amount)
	}
	lines, err := o.count(ctx, tx, "returned_quantity", "returnedQuantity", back, func(l *HeldLine) *decimal.Decimal { return &l.Returned })
	if err != nil {
		return "", err
	}
	entries, err := payment.Refund(ctx, tx, call.Caller, o.ID, amount, call.Value("reason"))
	if err != nil {
		return "", err
	}
	if len(lines.IDs) > 0 {
		entries = append(entries, lines)
	}
	data, _ := json.Marshal(map[string]string{"number": o.Number, "amount": amount.Number.String(), "currency": o.Currency,
		"reason": call.Value("reason"), "customer": o.Customer}) // strings always marshal
	entries = append(entries, change.Entry{Resource: "orders", Event: Refund.Event, IDs: []string{o.ID}, Data: data})
	return o.ID, change.Append(ctx, tx, call.Caller, entries...)
}

// repaid has the gateway asked behind the commit, so that the answer tells what came of it; what it does not answer the sweep
// asks for.
func (d *desk) repaid(ctx context.Context, call *command.Call, order string) error {
	if d.Payments == nil {
		return nil
	}
	var id string
	batch := &pgx.Batch{}
	access.Queue(batch, call.Caller)
	batch.Queue("SELECT id::text FROM payment WHERE order_id = $1 ORDER BY id DESC LIMIT 1", order).
		QueryRow(func(row pgx.Row) error { return row.Scan(&id) })
	if err := d.DB.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("looking up the payment of order %s: %w", order, err)
	}
	return d.Payments.Settle(ctx, call.Caller.Organization, id)
}

// asked is what came back, by position, and what is to be given back for it.
func (o *Held) asked(call *command.Call) (back map[int]decimal.Decimal, amount money.Amount, err error) {
	lines, sum := call.Value("lines"), call.Value("amount")
	if (lines == "" || lines == "[]") == (sum == "") {
		return nil, amount, command.Refuse("one_of", "", "Say either which lines came back or how much is to be given back.")
	}
	if sum != "" {
		amount, err = money.Parse(sum, o.Currency)
		return nil, amount, err
	}
	var rows []answer
	if err := json.Unmarshal([]byte(lines), &rows); err != nil {
		return nil, amount, fmt.Errorf("reading the returned lines of order %s: %w", o.Number, err)
	}
	back = map[int]decimal.Decimal{}
	provided := o.provided()
	var wrong faults
	for i, r := range rows {
		l := o.Line(r.Position)
		if l == nil {
			wrong.line(i, "unknown_line", "Order %s has no line %d.", o.Number, r.Position)
			continue
		}
		back[r.Position] = back[r.Position].Add(r.Quantity)
		if left := provided(l).Sub(l.Returned); back[r.Position].GreaterThan(left) {
			wrong.line(i, "too_much", "Of line %d (%s) %s have left and %s came back; %s more cannot have come back.", l.Position, l.SKU,
				provided(l), l.Returned, back[r.Position])
		}
	}
	if err := command.RefuseAll(wrong); err != nil {
		return nil, amount, err
	}
	return back, o.worth(back), nil
}

// worth is what goods that come back cost, by position: the difference that they make to what stays with the buyer.
func (o *Held) worth(back map[int]decimal.Decimal) money.Amount {
	provided := o.provided()
	before := o.goods(func(l *HeldLine) decimal.Decimal { return provided(l).Sub(l.Returned) })
	after := o.goods(func(l *HeldLine) decimal.Decimal { return provided(l).Sub(l.Returned).Sub(back[l.Position]) })
	return money.Of(before.Sub(after), o.Currency)
}
