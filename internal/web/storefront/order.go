package storefront

import (
	"context"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/shopspring/decimal"
)

// Orders are those of the buyer's company, as far as he may see them.
type Orders interface {
	Orders(ctx context.Context, text string, number, size int) (OrderList, error)
	Order(ctx context.Context, number string) (Order, error)
	// Invoice gives an invoice of an order as a PDF, of which write writes the whole.
	Invoice(ctx context.Context, order, invoice string) (write func(io.Writer) error, err error)
}

// OrderList is the page of the company's orders, newest first.
type OrderList struct {
	Orders []OrderSummary
	Total  int

	Text  string // searched for, set by the page
	Pager page.Pager
}

// OrderSummary is an order in a list.
type OrderSummary struct {
	Number, PONumber, Status string
	PlacedAt                 time.Time
	PlacedBy                 string
	Total                    page.Money
	Lines                    int
}

// URL is the address of the order's page.
func (o OrderSummary) URL() string { return page.Path("orders", o.Number) }

// Tone is the colour in which a badge shows the status.
func (o OrderSummary) Tone() string {
	switch o.Status {
	case "cancelled", "refused":
		return "bad"
	case "confirmed", "shipped", "completed", "closed":
		return "good"
	}
	return "info"
}

// Order is the page of one order.
type Order struct {
	OrderSummary
	Email          string // to which the confirmation goes; empty where none is sent
	ShipTo, BillTo Address
	Shipping       string // name of the method
	Payment        string // name of the payment terms
	Note           string
	RequestedDate  time.Time // zero where none was asked for
	Items          []OrderLine
	Subtotal       page.Money
	ShippingTotal  page.Money
	Discount       *page.Money
	Tax            *page.Money
	// Handover are the steps on the order's way to the company's ERP. A file
	// that was collected is not yet an order that was accepted.
	Handover []Step

	TaxIncluded   bool // the amounts have the tax in them
	ShippingLater bool // what it costs is told later
	PaymentStatus string
	Instrument    string // "Visa •••• 4242"
	PaymentURL    string // where the buyer has to go to pay; empty if nowhere
	Shipments     []Shipment
	Invoices      []Invoice
}

// Pending tells that the order waits for its payment.
func (o Order) Pending() bool { return o.Status == "pending" }

// Shipment is a part of an order that has left.
type Shipment struct {
	Number, Carrier, Service, Tracking string
	TrackingURL                        string // the carrier's page; empty if it has none
	Shipped                            time.Time
	Items                              []ShipmentItem
}

// ShipmentItem is one product of a shipment.
type ShipmentItem struct {
	Name, Unit string
	Quantity   decimal.Decimal
}

// Invoice is what the company asks for.
type Invoice struct {
	Number        string
	Invoiced, Due time.Time // Due is zero where nothing is agreed
	Total         page.Money
	Order         string
}

// URL is the address of the PDF.
func (i Invoice) URL() string { return page.Path("orders", i.Order, "invoices", i.Number) }

// OrderLine is one product of an order or checkout.
type OrderLine struct {
	SKU, Name, Unit string
	Quantity        decimal.Decimal
	Price           Price
	Total           page.Money
	Unknown         bool // there is no such product in the catalogue: free text of the ERP, or deleted since
	// Confirmed, Expected and Shipped are what the company's ERP said; nil and zero where it said nothing.
	Confirmed, Shipped *decimal.Decimal
	Expected           time.Time
	Rejected           bool // no more comes than is confirmed
}

// Comes tells that some of the line is confirmed.
func (l OrderLine) Comes() bool { return l.Confirmed != nil && l.Confirmed.IsPositive() }

// Unconfirmed tells that the ERP has the line and nothing for it yet; it stays on order.
func (l OrderLine) Unconfirmed() bool {
	return l.Confirmed != nil && !l.Comes() && l.Shipped == nil && !l.Rejected
}

// URL is the address of the product's page.
func (l OrderLine) URL() string { return page.Path("products", l.SKU) }

// Step is one thing that happens to an order.
type Step struct {
	Name  string // a key below order.step: "placed", "sent", "collected", "accepted", "refused"
	State string // "done", "waiting" or "failed"
	At    time.Time
	// Detail is the file's name, the ERP's own number, or why it failed.
	Detail string
}

const orderListSize = 20

func (s *Shop) orders(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	number, text := page.PageNumber(query), query.Get("order")
	list, err := s.Orders.Orders(r.Context(), text, number, orderListSize)
	if err != nil {
		return err
	}
	list.Text = text
	list.Pager = page.Pages("/orders", query, number, orderListSize, list.Total)
	title := s.text(r, "orders.title")
	ordersView.Show(s.engine, w, r, http.StatusOK, s.frame(r, title, page.Trail(s.text(r, "home.crumb"), "/", title)...), list)
	return nil
}

func (s *Shop) order(w http.ResponseWriter, r *http.Request) error {
	o, err := s.Orders.Order(r.Context(), r.PathValue("number"))
	if err != nil {
		return err
	}
	title := s.text(r, "order.title", o.Number)
	orderView.Show(s.engine, w, r, http.StatusOK, s.frame(r, title,
		page.Trail(s.text(r, "home.crumb"), "/", s.text(r, "orders.title"), "/orders", title)...), o)
	return nil
}

func (s *Shop) confirmation(w http.ResponseWriter, r *http.Request) error {
	o, err := s.Orders.Order(r.Context(), r.PathValue("number"))
	if err != nil {
		return err
	}
	f := s.frame(r, s.text(r, "confirmation.title"))
	if o.Pending() {
		f.Title, f.Refresh = s.text(r, "confirmation.pendingTitle"), 5
	}
	confirmationView.Show(s.engine, w, r, http.StatusOK, f, o)
	return nil
}

func (s *Shop) invoice(w http.ResponseWriter, r *http.Request) error {
	number := r.PathValue("invoice")
	write, err := s.Orders.Invoice(r.Context(), r.PathValue("number"), number)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": number + ".pdf"}))
	w.Header().Set("Cache-Control", "private, no-store")
	return write(w)
}
