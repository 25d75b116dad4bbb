package order

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/catalog"
	"github.com/hanse-commerce/hanse/resource"
)

// Confirm notes what the ERP makes of an order: how many of each line will come, and when.
var Confirm = resource.Command{
	Name: "confirm", On: "orders", Result: "orders", Event: "order.confirmed", Idempotent: true, Admin: true,
	Doc: "Notes what the ERP makes of the order. The same once more changes nothing; what is older than the newest that was " +
		"taken is stale and changes nothing. Where all of it is rejected before anything has left, money that is reserved is let go and " +
		"money that was taken is given back; where a part is, what was taken for it.",
	Input: resource.Fields{
		resource.Text("number").Max(64).Doc("The ERP's own number of the order; it becomes an external id of the order in the sender's system."),
		resource.Text("externalStatus").Max(64).Doc("Where the order stands, in the ERP's words."),
		resource.LongText("message").Doc("What else the ERP says."),
		resource.Text("documentNumber").Max(64).Doc("The sender's number of the document."),
		resource.Time("documentTime").Doc("When the sender wrote it; now if empty."),
		resource.List("lines", maxAnswered, resource.Fields{
			resource.Integer("position").Positive().Required().Doc("Number of the order's line."),
			catalog.Quantity("quantity").Positive().Required().Doc("How many are confirmed, in the unit of the order's line."),
			resource.Date("date").Doc("Day for which they are."),
			resource.Text("status").Max(64).Doc("Where the line stands, in the ERP's words; rejected says that no more will come than is confirmed. Under any other, unconfirmed for one, the rest is still to come."),
		}).Doc("What is confirmed; what is left out stays as it is. Of one position given in parts, all count and the last day."),
	},
}

// maxAnswered bounds what one document says, as the size of a cart bounds an order.
const maxAnswered = 5000

// answer is one line of a confirmation.
type answer struct {
	Position int             `json:"position,string"`
	Quantity decimal.Decimal `json:"quantity"`
	Date     string          `json:"date"`
	Status   string          `json:"status"`
}

// confirm locks the order and notes what is new in the document.
func confirm(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
	o, err := Hold(ctx, tx, call.Target)
	if err != nil {
		return "", err
	}
	if err := o.Stands("confirmed"); err != nil {
		return "", err
	}
	written, err := DocumentTime(call)
	if err != nil {
		return "", err
	}
	if written.Before(o.DocumentTime) {
		return o.ID, call.Stale("order "+o.Number, written, o.DocumentTime)
	}
	answers, err := o.answers(call.Value("lines"))
	if err != nil {
		return "", err
	}
	if err := o.adopt(ctx, tx, call, call.Value("number")); err != nil {
		return "", err
	}
	kept := o.keeps()
	entries, err := o.confirmLines(ctx, tx, call.Caller, answers)
	if err != nil {
		return "", err
	}
	head, err := o.confirmHead(ctx, tx, call, written)
	if err != nil {
		return "", err
	}
	entries = append(entries, head...)
	further, err := o.Advance(ctx, tx, call.Caller)
	if err != nil {
		return "", err
	}
	captured, err := o.charge(ctx, tx, call, kept) // where nothing more comes, what is left of the money is let go
	if err != nil {
		return "", err
	}
	if entries = append(append(entries, further...), captured...); len(entries) == 0 {
		return o.ID, call.Same("order " + o.Number)
	}
	data, _ := json.Marshal(map[string]string{"number": o.Number, "externalNumber": call.Value("number"), "externalStatus": call.Value("externalStatus"),
		"customer": o.Customer}) // strings always marshal
	entries = append(entries, change.Entry{Resource: "orders", Event: Confirm.Event, IDs: []string{o.ID}, Data: data})
	return o.ID, change.Append(ctx, tx, call.Caller, entries...)
}

// DocumentTime is when the sender of a command wrote the document behind it, now if he does not say.
func DocumentTime(call *command.Call) (time.Time, error) {
	text := call.Value("documentTime")
	if text == "" {
		return call.Now, nil
	}
	written, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return written, fmt.Errorf("reading the time of the document: %w", err)
	}
	return written, nil
}

// answers reads the lines, those of one position as one, and refuses positions that the order does not have.
func (o *Held) answers(text string) (answers []answer, err error) {
	if text == "" {
		return nil, nil
	}
	var all []answer
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return nil, fmt.Errorf("reading the confirmed lines of order %s: %w", o.Number, err)
	}
	var f faults
	at := map[int]int{}
	for i, a := range all {
		if o.Line(a.Position) == nil {
			f.line(i, "unknown_line", "Order %s has no line %d.", o.Number, a.Position)
			continue
		}
		k, again := at[a.Position]
		if !again {
			at[a.Position] = len(answers)
			answers = append(answers, a)
			continue
		}
		answers[k].Quantity = answers[k].Quantity.Add(a.Quantity)
		answers[k].Date, answers[k].Status = max(answers[k].Date, a.Date), cmp.Or(a.Status, answers[k].Status)
	}
	return answers, command.RefuseAll(f)
}

// adopt keeps the ERP's number of the order, by which its later documents find it.
func (o *Held) adopt(ctx context.Context, tx pgx.Tx, call *command.Call, theirs string) error {
	system := call.Caller.Origin
	if theirs == "" || system == "" {
		return nil
	}
	other, err := number(ctx, tx, call.Caller, o.ID, Verdict{Number: theirs, System: system})
	if err == nil && other {
		err = command.Refuse("number_taken", "number", "%s of %s is the number of another order already.", theirs, system)
	}
	return err
}
