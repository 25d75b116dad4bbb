package shipment

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/catalog"
	"github.com/hanse-commerce/hanse/internal/commerce/inventory"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// Ship notes that goods of an order have left: an ERP's delivery, a warehouse's or a person's own.
var Ship = resource.Command{
	Name: "ship", On: "orders", Result: "shipments", Event: "order.shipped", Idempotent: true, Admin: true,
	Doc: "Notes that goods of the order have left. The shipment's number makes it one thing: the same once more changes nothing, " +
		"a newer document about it adds to it, an older one is stale and changes nothing. Goods that have left are no longer held " +
		"nor on hand, and where payment follows the shipment, what they cost is captured.",
	Input: resource.Fields{
		resource.Text("number").Max(64).Required().Doc("The sender's number of the shipment."),
		resource.Time("documentTime").Doc("When the sender wrote it; now if empty."),
		resource.Date("shippedOn").Doc("Day on which the goods left; today in UTC if empty."),
		resource.Text("carrier").Max(64).Doc("Who carries them."),
		resource.Text("service").Max(64).Doc("By which of the carrier's services."),
		resource.Text("trackingNumber").Max(64).Doc("The carrier's number of it."),
		resource.Decimal("weight", 12, 3).Positive().Unit("kg").Doc("What all parcels weigh."),
		resource.List("parcels", maxLines, resource.Fields{
			resource.Text("number").Max(64).Doc("The sender's number of the parcel, such as its SSCC."),
			resource.Text("trackingNumber").Max(64).Doc("The carrier's number of it."),
			resource.Decimal("weight", 12, 3).Positive().Unit("kg").Doc("What it weighs."),
		}).Doc("Its parcels."),
		resource.List("lines", maxLines, resource.Fields{
			resource.Integer("position").Positive().Required().Doc("Number of the order's line."),
			catalog.Quantity("quantity").Positive().Required().Doc("How much of it is in this shipment, in the unit of the order's line."),
		}).Doc("What it holds; what a newer document leaves out stays as it is."),
	},
}

// maxLines bounds what one document says, as the size of a cart bounds an order.
const maxLines = 5000

// Bindings ties the commands of this area to their functions. Modules of the registry know where carriers show their parcels.
func Bindings(registry *module.Registry) []command.Binding {
	d := &desk{registry}
	return []command.Binding{{On: Ship.On, Name: Ship.Name, Run: d.ship}}
}

type desk struct{ registry *module.Registry }

// ship locks the order, compares the document with what is stored about the shipment, and writes what is new.
func (d *desk) ship(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
	o, err := order.Hold(ctx, tx, call.Target)
	if err != nil {
		return "", err
	}
	if err := o.Stands("shipped"); err != nil {
		return "", err
	}
	n, err := read(call)
	if err != nil {
		return "", err
	}
	if err := n.load(ctx, tx, o); err != nil {
		return "", err
	}
	if n.stale() {
		return n.id, call.Stale("shipment "+n.number, n.time, n.stored.time)
	}
	if err := n.check(o); err != nil {
		return "", err
	}
	if err := d.track(ctx, tx, n, call.Caller.Organization); err != nil {
		return "", err
	}
	if !n.differs() {
		return n.id, call.Same("shipment " + n.number)
	}
	entries, err := n.write(ctx, tx, call.Caller, o)
	if err != nil {
		return "", err
	}
	if len(n.leaves) > 0 {
		moved, err := n.leave(ctx, tx, call.Caller, o)
		if err != nil {
			return "", err
		}
		entries = append(append(entries, moved...), n.event(o))
	}
	return n.id, change.Append(ctx, tx, call.Caller, entries...)
}

// leave counts what has left: on the order's lines, in the stock, in its status and in what is to be paid.
func (n *note) leave(ctx context.Context, tx pgx.Tx, caller access.Caller, o *order.Held) ([]change.Entry, error) {
	parts := n.parts(o)
	lines, err := o.Leave(ctx, tx, n.leaves)
	if err != nil {
		return nil, err
	}
	entries, err := o.Advance(ctx, tx, caller)
	if err != nil {
		return nil, err
	}
	entries = append(entries, lines)
	if o.External {
		return entries, nil
	}
	captured, err := o.Capture(ctx, tx, caller)
	if err != nil {
		return nil, err
	}
	entries = append(entries, captured...)
	stock, err := inventory.Ship(ctx, tx, caller, o.ID, parts) // last, because buyers wait for it
	if len(stock.IDs) > 0 {
		entries = append(entries, stock)
	}
	return entries, err
}

// parts are what leaves of each line, beside what had not left before.
func (n *note) parts(o *order.Held) (parts []inventory.Leaving) {
	for i := range o.Lines {
		l := &o.Lines[i]
		if more := n.leaves[l.Position]; more.IsPositive() {
			parts = append(parts, inventory.Leaving{Line: l.ID, Part: more, Open: l.Wanted().Sub(l.Shipped)})
		}
	}
	return parts
}

// event tells that goods have left.
func (n *note) event(o *order.Held) change.Entry {
	data, _ := json.Marshal(map[string]string{"number": o.Number, "shipment": n.number, "carrier": n.carrier, "trackingNumber": n.tracking,
		"customer": o.Customer}) // strings always marshal
	return change.Entry{Resource: "orders", Event: Ship.Event, IDs: []string{o.ID}, Data: data}
}
