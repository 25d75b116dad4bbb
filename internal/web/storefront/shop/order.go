package shop

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/billing"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/internal/web/storefront"
	"github.com/hanse-commerce/hanse/resource"
)

type orderRow struct {
	Number, PONumber, Status, Currency, Notes, RequestedDate string
	LineCount                                                int
	Subtotal, ShippingTotal, TaxTotal, DiscountTotal, Total  decimal.Decimal
	TaxIncluded, ShippingQuotedLater                         bool
	PaymentMethod, PaymentStatus, ShippingName               string
	Carrier, ShippingService                                 string
	PlacedAt                                                 time.Time
	ExportedAt, CollectedAt, AcceptedAt, RefusedAt           *time.Time
}

func (o *orderRow) money(amount decimal.Decimal) page.Money {
	return page.Money{Amount: amount, Currency: o.Currency}
}

// optional is an amount that is shown only where it is not nothing.
func (o *orderRow) optional(amount decimal.Decimal) *page.Money {
	if amount.IsZero() {
		return nil
	}
	m := o.money(amount)
	return &m
}

func (s *Shop) orderList() *record.Query {
	q := s.query("orders")
	q.Sort = []record.Sort{{Path: "placedAt", Descending: true}}
	q.Include = []string{"customerUser"}
	q.Fields = map[string][]string{"customerUsers": {"email", "firstName", "lastName"},
		"orders": {"number", "poNumber", "status", "currency", "total", "placedAt", "refusedAt", "lineCount", "customerUser"}}
	return q
}

// order reads an order's attributes, its times as they are at the seller's.
func (f *found) order(caller access.Caller) (orderRow, error) {
	o, err := decode[orderRow](f.attributes)
	zone, zoneErr := time.LoadLocation(caller.TimeZone)
	if err != nil || zoneErr != nil { // a zone that this machine does not know: UTC, as it came
		return o, err
	}
	o.PlacedAt = o.PlacedAt.In(zone)
	for _, at := range []*time.Time{o.ExportedAt, o.CollectedAt, o.AcceptedAt, o.RefusedAt} {
		if at != nil {
			*at = at.In(zone)
		}
	}
	return o, nil
}

func (f *found) summary(caller access.Caller) (storefront.OrderSummary, error) {
	o, err := f.order(caller)
	if err != nil {
		return storefront.OrderSummary{}, err
	}
	return f.summaryOf(&o)
}

func (f *found) summaryOf(o *orderRow) (storefront.OrderSummary, error) {
	who, ok := f.one("customerUser", f.id)
	p, err := decodeRelated[personRow](who, ok)
	summary := storefront.OrderSummary{Number: o.Number, PONumber: o.PONumber, Status: o.Status, PlacedAt: o.PlacedAt,
		PlacedBy: p.name(), Total: o.money(o.Total), Lines: o.LineCount}
	if o.RefusedAt != nil && o.Status == "open" {
		summary.Status = "refused"
	}
	return summary, err
}

// Orders are those of the buyer's company, the newest first; text finds them by their numbers.
func (s *Shop) Orders(ctx context.Context, text string, number, size int) (storefront.OrderList, error) {
	caller, err := buyer(ctx)
	if err != nil {
		return storefront.OrderList{}, err
	}
	q := s.orderList()
	q.Number, q.Size, q.Total, q.Search = min(number, lastPage), size, true, text
	var orders []found
	reading := collect(q, &orders)
	if err := s.read(ctx, caller, reading); err != nil {
		return storefront.OrderList{}, err
	}
	list := storefront.OrderList{Total: int(reading.Answer.Total)}
	for i := range orders {
		summary, err := orders[i].summary(caller)
		if err != nil {
			return list, err
		}
		list.Orders = append(list.Orders, summary)
	}
	return list, nil
}

// Order is the page of one order.
func (s *Shop) Order(ctx context.Context, number string) (storefront.Order, error) {
	caller, err := buyer(ctx)
	if err != nil {
		return storefront.Order{}, err
	}
	q := s.query("orders")
	q.Target = resource.ByKey(number)
	q.Include = []string{"customerUser", "lines", "lines.unit", "addresses", "shippingMethod", "paymentTerm", "payments", "shipments",
		"shipments.lines", "invoices"}
	var orders []found
	if err := s.read(ctx, caller, collect(q, &orders)); err != nil {
		return storefront.Order{}, err
	}
	if len(orders) == 0 {
		return storefront.Order{}, storefront.ErrNotFound
	}
	return s.orderPage(ctx, caller, &orders[0])
}

func (s *Shop) orderPage(ctx context.Context, caller access.Caller, f *found) (shown storefront.Order, err error) {
	o, err := f.order(caller)
	if err != nil {
		return shown, err
	}
	if shown.OrderSummary, err = f.summaryOf(&o); err != nil {
		return shown, err
	}
	shown.Note, shown.Handover = o.Notes, o.handover()
	shown.RequestedDate = day(o.RequestedDate)
	shown.Subtotal, shown.ShippingTotal = o.money(o.Subtotal), o.money(o.ShippingTotal)
	shown.Discount, shown.Tax = o.optional(o.DiscountTotal), o.optional(o.TaxTotal)
	shown.TaxIncluded, shown.ShippingLater, shown.PaymentStatus = o.TaxIncluded, o.ShippingQuotedLater, o.PaymentStatus
	if shown.Shipping = o.ShippingName; shown.Shipping == "" {
		if shown.Shipping, err = f.nameOf("shippingMethod"); err != nil {
			return shown, err
		}
	}
	if err := s.orderPayment(ctx, caller, f, &o, &shown); err != nil {
		return shown, err
	}
	for _, r := range f.below("addresses", f.id) {
		a, err := decode[addressRow]([]byte(r.attributes))
		if err != nil {
			return shown, err
		}
		if a.Kind == "shipping" {
			shown.ShipTo = a.address(ctx, r.id)
		} else {
			shown.BillTo = a.address(ctx, r.id)
		}
	}
	if shown.Items, err = f.orderLines(&o); err != nil {
		return shown, err
	}
	if shown.Shipments, err = f.shipments(&o); err != nil {
		return shown, err
	}
	shown.Invoices, err = f.invoices(&o)
	return shown, err
}

// orderPayment fills in how the order is paid and how far.
func (s *Shop) orderPayment(ctx context.Context, caller access.Caller, f *found, o *orderRow, shown *storefront.Order) (err error) {
	if shown.Payment, err = f.nameOf("paymentTerm"); err != nil {
		return err
	}
	var paid paidOrder
	if err := paid.pay(f); err != nil {
		return err
	}
	if shown.Instrument = paid.card; o.Status == "pending" {
		shown.PaymentURL = paid.nextURL
	}
	if shown.Payment != "" {
		return nil
	}
	return s.within(ctx, caller, func(tx pgx.Tx) error {
		m, ok, err := s.Payments.Find(ctx, tx, caller.Organization, caller.Website, o.PaymentMethod)
		if shown.Payment = o.PaymentMethod; ok {
			shown.Payment = s.methodName(ctx, m)
		}
		return err
	})
}

func (f *found) shipments(o *orderRow) (all []storefront.Shipment, err error) {
	names := map[string]related{}
	for _, l := range f.below("lines", f.id) {
		names[l.id] = l
	}
	for _, r := range f.below("shipments", f.id) {
		row, err := decode[struct{ Number, Carrier, Service, TrackingNumber, TrackingURL, ShippedOn string }]([]byte(r.attributes))
		if err != nil {
			return nil, err
		}
		s := storefront.Shipment{Number: row.Number, Carrier: row.Carrier, Service: row.Service, Tracking: row.TrackingNumber,
			TrackingURL: row.TrackingURL, Shipped: day(row.ShippedOn)}
		if s.Service != "" && s.Carrier == o.Carrier && s.Service == o.ShippingService { // the codes of what the buyer chose by its name
			s.Carrier, s.Service = o.ShippingName, ""
		}
		for _, l := range f.below("shipments.lines", r.id) {
			item, err := f.shipmentItem(l, names[l.ones["orderLine"]])
			if err != nil {
				return nil, err
			}
			s.Items = append(s.Items, item)
		}
		all = append(all, s)
	}
	return all, nil
}

// shipmentItem has its name and unit from the line of the order.
func (f *found) shipmentItem(l, ordered related) (item storefront.ShipmentItem, err error) {
	row, err := decode[struct {
		SKU      string
		Quantity decimal.Decimal
	}]([]byte(l.attributes))
	if err != nil || ordered.id == "" {
		return storefront.ShipmentItem{Name: row.SKU, Quantity: row.Quantity}, err
	}
	of, err := decode[struct{ Name string }]([]byte(ordered.attributes))
	if err != nil {
		return item, err
	}
	u, err := decodeRelated[unitRow](f.one("lines.unit", ordered.id))
	return storefront.ShipmentItem{Name: of.Name, Unit: u.Name, Quantity: row.Quantity}, err
}

func (f *found) invoices(o *orderRow) (all []storefront.Invoice, err error) {
	for _, r := range f.below("invoices", f.id) {
		row, err := decode[struct {
			Number, InvoicedOn, DueOn, Currency string
			Total                               decimal.Decimal
		}]([]byte(r.attributes))
		if err != nil {
			return nil, err
		}
		all = append(all, storefront.Invoice{Number: row.Number, Order: o.Number, Invoiced: day(row.InvoicedOn), Due: day(row.DueOn),
			Total: page.Money{Amount: row.Total, Currency: row.Currency}})
	}
	return all, nil
}

// Invoice gives an invoice of an order of the buyer's company as a PDF.
func (s *Shop) Invoice(ctx context.Context, order, invoice string) (func(io.Writer) error, error) {
	caller, err := buyer(ctx)
	if err != nil {
		return nil, err
	}
	paper, err := billing.ReadPaper(ctx, s.Pool, s.Store, caller, resource.ByKey(invoice))
	if errors.Is(err, billing.ErrNoInvoice) || err == nil && paper.Order != order {
		return nil, storefront.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return func(w io.Writer) error { return paper.WritePDF(w, page.LanguageOf(ctx).String()) }, nil
}

func (f *found) nameOf(relation string) (string, error) {
	r, err := decodeRelated[struct{ Name string }](f.one(relation, f.id))
	return r.Name, err
}

func (f *found) orderLines(o *orderRow) (lines []storefront.OrderLine, err error) {
	for _, r := range f.below("lines", f.id) {
		l, err := decode[struct {
			SKU, Name, ConfirmedOn         string
			ExternalStatus                 string
			Quantity, Price, Per, RowTotal decimal.Decimal
			ShippedQuantity                decimal.Decimal
			ConfirmedQuantity              *decimal.Decimal
		}]([]byte(r.attributes))
		if err != nil {
			return nil, err
		}
		u, err := decodeRelated[unitRow](f.one("lines.unit", r.id))
		if err != nil {
			return nil, err
		}
		line := storefront.OrderLine{SKU: l.SKU, Name: l.Name, Unit: u.Name, Quantity: l.Quantity, Confirmed: l.ConfirmedQuantity,
			Expected: day(l.ConfirmedOn), Price: storefront.Price{Money: o.money(l.Price), Per: l.Per}, Total: o.money(l.RowTotal)}
		line.Rejected = l.ExternalStatus == order.Rejected
		if l.ShippedQuantity.IsPositive() {
			line.Shipped = &l.ShippedQuantity
		}
		_, known := r.ones["product"]
		line.Unknown = !known
		lines = append(lines, line)
	}
	return lines, nil
}

// handover are the steps to the company's ERP: that a file was collected says nothing about the order.
func (o *orderRow) handover() []storefront.Step {
	step := func(name string, at *time.Time) storefront.Step {
		if at == nil {
			return storefront.Step{Name: name, State: "waiting"}
		}
		return storefront.Step{Name: name, State: "done", At: *at}
	}
	last := step("accepted", o.AcceptedAt)
	if o.RefusedAt != nil {
		last = storefront.Step{Name: "refused", State: "failed", At: *o.RefusedAt}
	}
	return []storefront.Step{step("placed", &o.PlacedAt), step("sent", o.ExportedAt), step("collected", o.CollectedAt), last}
}

// day reads a date of the wire; the zero time if there is none.
func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}
	}
	return t
}
