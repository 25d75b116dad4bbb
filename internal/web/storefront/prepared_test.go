package storefront

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/shopspring/decimal"
)

// prepared answers with what the stories need, in one of several moods.
type prepared struct{ guest, empty, long, trouble, broken bool }

var at = time.Date(2026, 11, 24, 9, 30, 0, 0, time.FixedZone("CET", 3600))

func dirs(names ...string) []fs.FS {
	var list []fs.FS
	for _, n := range names {
		list = append(list, os.DirFS(n))
	}
	return list
}

// picture is an address that every shop serves.
func picture() string {
	assets, err := page.NewAssets("/assets/", nil)
	if err != nil {
		return err.Error()
	}
	address, err := assets.URL("icon/favicon.svg")
	if err != nil {
		return err.Error()
	}
	return address
}

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func eur(s string) page.Money { return page.Money{Amount: dec(s), Currency: "EUR"} }

func price(s string) *Price { return &Price{Money: eur(s), Per: dec("1")} }

func (p prepared) Buyer(context.Context) (Buyer, bool) {
	b := Buyer{Name: "Maria Anders", Email: "maria@alfki.example", Company: "Alfreds Futterkiste", CustomerNumber: "0000001000"}
	if p.long {
		b.Name, b.Company = "Anna-Katharina von und zu Hohenstein-Württemberg", "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrik GmbH & Co. KG"
	}
	return b, !p.guest
}

func (p prepared) SignIn(ctx context.Context, _, _ string) error {
	text := "E-mail or password is not right."
	if page.LanguageOf(ctx).String() == "de" {
		text = "E-Mail oder Passwort stimmt nicht."
	}
	return &page.Invalid{Problems: []page.Problem{{Text: text}}}
}

func (p prepared) SignOut(context.Context) error { return nil }

var categoryNames = []string{"Beverages", "Condiments", "Confections", "Dairy Products", "Grains/Cereals", "Meat/Poultry", "Produce", "Seafood"}

func (p prepared) TopCategories(context.Context) ([]CategoryLink, error) {
	var list []CategoryLink
	if p.empty {
		return nil, nil
	}
	for i, n := range categoryNames {
		list = append(list, CategoryLink{Code: n, Name: n, Products: 12 - i})
	}
	if p.long {
		list[2].Name = "Sicherheitsbeleuchtungsanlagen und Notstromversorgungseinrichtungen"
		list[7].Products = 12345
	}
	return list, nil
}

func (p prepared) Home(ctx context.Context) (Home, error) {
	if p.broken {
		return Home{}, errors.New("the database is gone")
	}
	if p.empty {
		return Home{}, nil
	}
	h := Home{Featured: p.items()[:4]}
	h.Categories, _ = p.TopCategories(ctx)
	if !p.guest {
		h.Recent, h.Orders = p.items()[:5], p.summaries()[:3]
	}
	return h, nil
}

func tiers(unit string) []Tier {
	return []Tier{{From: dec("1"), Price: *price(unit)}, {From: dec("10"), Price: *price("17.10"), Saving: 5},
		{From: dec("50"), Price: *price("16.2"), Saving: 10}, {From: dec("1000"), Price: *price("14.995"), Saving: 17}}
}

func piece() Unit {
	return Unit{Code: "C62", Name: "piece", Step: dec("1"), Least: dec("1"), Price: price("18")}
}

func (p prepared) items() []Item {
	names := []string{"Chai", "Chang", "Aniseed Syrup", "Chef Anton's Cajun Seasoning", "Grandma's Boysenberry Spread", "Uncle Bob's Organic Dried Pears",
		"Northwoods Cranberry Sauce", "Mishi Kobe Niku", "Ikura", "Queso Cabrales"}
	var list []Item
	for i, n := range names {
		it := Item{SKU: fmt.Sprintf("NW-%03d", i+1), Name: n, Unit: piece(), Stock: Stock{State: "in", Available: dec("39"), Unit: "pieces"}}
		switch i % 5 {
		case 0:
			it.Unit.Tiers = tiers("18")
		case 1:
			it.Stock = Stock{State: "low", Available: dec("3"), Unit: "pieces"}
			it.Unit.Price = &Price{Money: eur("4.5"), Per: dec("100")}
		case 2:
			it.Stock = Stock{State: "out"}
		case 3:
			it.Unit.Price, it.Stock.State = nil, "unknown"
		}
		list = append(list, it)
	}
	if p.long {
		list[0].Name = "Hochleistungs-Kunststoffsechskantschrauben mit Unterlegscheibe, verzinkt, selbstschneidend, für Außenbereich"
		list[1].Name = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
		list[0].SKU = "000000000000004711-ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789-X/Y?Z#1"
		list[0].Stock.Available = dec("12345678.5")
		list[0].Unit.Price = price("123456789.123456")
		list[0].Unit.Name = "Europalette (800 × 1200 mm)"
	}
	return list
}

func (p prepared) Category(_ context.Context, code string, q ListQuery) (Listing, error) {
	l := Listing{Title: code, Text: "Soft drinks, coffees, teas, beers, and ales", Items: p.items(), Total: 243,
		Categories: []CategoryLink{{Code: "A", Name: "Tea", Products: 31}, {Code: "B", Name: "Coffee", Products: 108}, {Code: "C", Name: "Beer and ale", Products: 104}}}
	if p.empty {
		return Listing{Title: code}, nil
	}
	if strings.Contains(code, "/") {
		l.Title, l.Parents, l.Categories, l.Total = "Käse", []CategoryLink{{Code: "Food", Name: "Lebensmittel"}}, nil, 10
	}
	if p.long {
		l.Title = "Sicherheitsbeleuchtungsanlagenzubehör"
	}
	return l, nil
}

func (p prepared) Search(ctx context.Context, q ListQuery) (Listing, error) {
	l, err := p.Category(ctx, "Beverages", q)
	l.Text = ""
	l.Categories = []CategoryLink{{Code: "Beverages", Name: "Beverages", Products: 2}, {Code: "Condiments", Name: "Condiments", Products: 8}}
	if p.empty {
		return Listing{}, nil
	}
	return l, err
}

func (p prepared) Product(_ context.Context, sku string) (Product, error) {
	if sku == "none" {
		return Product{}, ErrNotFound
	}
	if p.empty {
		return Product{SKU: sku, Name: "Chai", Stock: Stock{State: "unknown"}}, nil
	}
	u, box := piece(), Unit{Code: "XBX", Name: "box", Content: "12 pieces", Step: dec("1"), Least: dec("1"), Price: price("198")}
	u.Tiers = tiers("18")
	box.Tiers = []Tier{{From: dec("1"), Price: *price("198")}, {From: dec("5"), Price: *price("184.20"), Saving: 7}}
	pr := Product{SKU: sku, Name: "Chai", CustomerSKU: "TEE-88", GTIN: "4006381333931", Category: &CategoryLink{Code: "Beverages", Name: "Beverages"},
		Description: "Spiced black tea from Assam with cardamom, ginger and cinnamon. Ten boxes of thirty bags, packed for canteens and hotels.",
		Units:       []Unit{u, box}, Stock: Stock{State: "in", Available: dec("39"), Unit: "pieces"},
		Attributes: []Attribute{{"Content", "10 boxes × 30 bags"}, {"Country of origin", "India"}, {"Weight", "2.4 kg"}},
		Warehouses: []WarehouseStock{{"1000", "Hamburg", Stock{State: "in", Available: dec("36"), Unit: "pieces"}},
			{"2000", "Bremen", Stock{State: "low", Available: dec("3"), Unit: "pieces"}}, {"3000", "Lübeck", Stock{State: "out"}}}}
	if sku == "NW-002" {
		pr.SKU, pr.Image = sku, picture()
	}
	if p.long {
		pr.Name, pr.SKU = p.items()[0].Name, p.items()[0].SKU
		pr.Units[0].Price, pr.Units[0].Name = p.items()[0].Unit.Price, p.items()[0].Unit.Name
		pr.Units[0].Step, pr.Units[0].Least = dec("0.001"), dec("0.5")
		pr.Warehouses[0].Name = "Zentrallagerdienstleistungsgesellschaft Norddeutschland, Halle 17"
		pr.Attributes[0] = Attribute{"Oberflächenbehandlungsverfahren", "galvanisch verzinkt und chromatiert nach DIN EN ISO 4042"}
		pr.Description = strings.Repeat("Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz. ", 6)
	}
	if p.guest {
		for i := range pr.Units {
			pr.Units[i].Price, pr.Units[i].Tiers = nil, nil
		}
	}
	return pr, nil
}

func (p prepared) Lines(context.Context) (int, error) {
	if p.empty {
		return 0, nil
	}
	return map[bool]int{true: 1000, false: 3}[p.long], nil
}

func (p prepared) Cart(context.Context) (Cart, error) {
	if p.empty {
		return Cart{}, nil
	}
	c := Cart{Subtotal: eur("1394.5"), Total: eur("1394.5")}
	for i, it := range p.items()[:3] {
		c.Lines = append(c.Lines, CartLine{ID: strconv.Itoa(i + 1), SKU: it.SKU, Name: it.Name, Unit: it.Unit, Quantity: dec("12"),
			Price: it.Unit.Price, Total: eur("216"), Stock: it.Stock})
	}
	if p.long {
		c.Lines[0].Total = eur("1481481469.48")
		c.Subtotal, c.Total = eur("1481481901.48"), eur("1481481901.48")
	}
	if p.trouble {
		c.Lines[1].Problem = "Nur noch 3 Stück verfügbar. Bitte verringern Sie die Menge."
		c.Lines[2].Price, c.Lines[2].Problem = nil, "Wird nicht mehr angeboten."
		c.Problems = []string{"Ihre Firma ist derzeit für Bestellungen gesperrt."}
	}
	return c, nil
}

func (p prepared) Add(context.Context, string, string, decimal.Decimal) error { return nil }
func (p prepared) Change(context.Context, map[string]decimal.Decimal) error   { return nil }
func (p prepared) Remove(context.Context, string) error                       { return nil }
func (p prepared) Start(context.Context) (string, error)                      { return "c1", nil }
func (p prepared) Keep(context.Context, string, CheckoutChoice) error         { return nil }
func (p prepared) Place(context.Context, string, PaymentChoice) (Placed, error) {
	return Placed{Number: "100042"}, nil
}

func (p prepared) Reopen(context.Context, string) error { return nil }

func (p prepared) Return(context.Context, string) (Placed, error) {
	return Placed{Failed: "Your bank has declined the card."}, nil
}

func (p prepared) Invoice(_ context.Context, _, number string) (func(io.Writer) error, error) {
	if number != "90001234" {
		return nil, ErrNotFound
	}
	return func(w io.Writer) error {
		_, err := io.WriteString(w, "%PDF-1.7")
		return err
	}, nil
}

func (p prepared) Review(context.Context, string) (Review, error) {
	a := p.addresses()
	v := Review{ID: "c1", ShipTo: a[1], BillTo: a[0], Shipping: "FedEx International Economy", Arrives: at.AddDate(0, 0, 4), Payment: "Credit card",
		PONumber: "PO-2026-117", Note: "Please call before delivery.", Lines: p.lines(), Subtotal: eur("1394.5"), ShippingTotal: eur("24.9"),
		Taxes: []TaxLine{{"VAT", dec("19"), eur("269.69")}}, Total: eur("1689.09"),
		Card: &CardForm{Element: "none", Script: "https://js.pay.example/v3/", Options: map[string]string{"amount": "168909", "currency": "eur"},
			Sources: []string{"https://js.pay.example"}, Hosted: true}}
	if p.empty {
		v.Card, v.Payment, v.PaymentText, v.ShippingLater = nil, "On account", "30 days net", true
	}
	if p.trouble {
		v.Changes = []string{"Chang: the price is now €216.00 instead of €190.00."}
		v.Problems = []string{"The order is above your credit limit."}
	}
	if p.long {
		v.TaxIncluded, v.PaymentURL = true, "https://hooks.pay.example/redirect"
	}
	return v, nil
}

func (p prepared) addresses() []Address {
	return []Address{{ID: "a1", Company: "Alfreds Futterkiste", Name: "Maria Anders", Street: "Obere Str. 57", PostalCode: "12209", City: "Berlin", Country: "Germany", Usual: true},
		{ID: "a2", Company: "Alfreds Futterkiste", Name: "Lager 2", Street: "Am Güterbahnhof 4", Street2: "Tor 3", PostalCode: "14467", City: "Potsdam", Country: "Germany"}}
}

func (p prepared) Checkout(context.Context, string) (Checkout, error) {
	flat, credit := eur("9.9"), eur("12500")
	c := Checkout{ID: "c1", Addresses: p.addresses(), Countries: []page.Option{{Value: "DE", Text: "Germany"}, {Value: "AT", Text: "Austria"}},
		Shipping: []Method{{Code: "flat", Name: "Standard", Text: "2 to 3 working days", Price: &flat}, {Code: "PICKUP", Name: "Pick up in Hamburg", Free: true},
			{Code: "fedex:later", Name: "FedEx"}},
		Payment: []Method{{Code: "Z030", Name: "On account", Text: "30 days net"}, {Code: "Z014", Name: "On account", Text: "14 days, 2 % discount"}},
		Lines:   p.lines(), Subtotal: eur("1394.5"), CreditLeft: &credit}
	if p.empty {
		c.Addresses = nil
		c.CreditLeft = nil
	}
	if p.trouble {
		c.Problems = []string{"The order is above your credit limit: €1,404.40 ordered, €950.00 left."}
	}
	return c, nil
}

func (p prepared) lines() []OrderLine {
	var list []OrderLine
	for i, it := range p.items()[:3] {
		pr := it.Unit.Price
		list = append(list, OrderLine{SKU: it.SKU, Name: it.Name, Unit: "pieces", Quantity: dec(strconv.Itoa(12 * (i + 1))), Price: *pr, Total: eur("464.83")})
	}
	return list
}

func (p prepared) summaries() []OrderSummary {
	var list []OrderSummary
	for i, st := range []string{"placed", "confirmed", "refused", "shipped", "cancelled", "custom_state"} {
		list = append(list, OrderSummary{Number: strconv.Itoa(100042 - i), PONumber: map[bool]string{true: "PO-2026-" + strconv.Itoa(117-i)}[i%3 != 2],
			Status: st, PlacedAt: at.AddDate(0, 0, -3*i), PlacedBy: "Maria Anders", Total: eur("1404.4"), Lines: i + 1})
	}
	if p.long {
		list[0].Number, list[0].PONumber, list[0].PlacedBy = "B2B-2026-000000100042", "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345678", "Anna-Katharina von und zu Hohenstein-Württemberg"
	}
	return list
}

func (p prepared) Orders(context.Context, string, int, int) (OrderList, error) {
	if p.empty {
		return OrderList{}, nil
	}
	return OrderList{Orders: p.summaries(), Total: 61}, nil
}

func (p prepared) Order(_ context.Context, number string) (Order, error) {
	if number == "none" {
		return Order{}, ErrNotFound
	}
	o := Order{OrderSummary: p.summaries()[0], Email: "maria@alfki.example", ShipTo: p.addresses()[1], BillTo: p.addresses()[0],
		Shipping: "Standard, 2 to 3 working days", Payment: "On account, 30 days net", Items: p.lines(), Subtotal: eur("1394.5"),
		ShippingTotal: eur("9.9"), Note: "Please call before delivery.",
		Handover: []Step{{Name: "placed", State: "done", At: at}, {Name: "sent", State: "done", At: at.Add(2 * time.Second), Detail: "orders_20261124T083002Z_0000000000100042.xml"},
			{Name: "collected", State: "done", At: at.Add(90 * time.Second)}, {Name: "accepted", State: "waiting"}}}
	if p.long {
		six := dec("6")
		o.TaxIncluded, o.PaymentStatus, o.Instrument = true, "partlyCaptured", "Visa •••• 4242"
		o.Items[0].Confirmed, o.Items[0].Shipped, o.Items[0].Expected = &six, &six, at.AddDate(0, 0, 5)
		o.Items[1].SKU, o.Items[1].Unknown = "", true
		o.Shipments = []Shipment{{Number: "0080001234", Carrier: "FedEx", Service: "International Economy", Tracking: "794600001234", TrackingURL: "https://track.example/794600001234",
			Shipped: at, Items: []ShipmentItem{{"Chai", "pieces", six}}}, {Number: "0080001235", Tracking: "JJD000390007882", Shipped: at}}
		o.Invoices = []Invoice{{Number: "90001234", Invoiced: at, Due: at.AddDate(0, 0, 30), Total: eur("709.5"), Order: o.Number}}
	}
	if p.empty {
		o.Status, o.PaymentStatus, o.PaymentURL = "pending", "requiresAction", "https://hooks.pay.example/redirect"
	}
	if p.trouble {
		o.Status = "refused"
		o.Handover[3] = Step{Name: "refused", State: "failed", At: at.Add(3 * time.Minute), Detail: "VG 204: Auftraggeber 0000001000 ist nicht angelegt"}
	}
	return o, nil
}

func (p prepared) Account(ctx context.Context) (Account, error) {
	limit, left := eur("15000"), eur("12500")
	b, _ := p.Buyer(ctx)
	a := Account{Buyer: b, Group: "Wholesale", PaymentTerm: "30 days net", CreditLimit: &limit, CreditLeft: &left, Addresses: p.addresses(),
		Colleagues: []Colleague{{"Thomas Hardy", "thomas@alfki.example", "Buyer"}, {"Ana Trujillo", "ana@alfki.example", "Administrator"}}}
	if p.trouble {
		a.OrderBlock, a.Addresses, a.Colleagues = true, nil, nil
	}
	return a, nil
}
