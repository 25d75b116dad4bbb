package sapsim

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/format/idoc"
)

// Invoice is what SAP charges for a delivery. Net, Tax and Total are those of lines, freight and discount together.
type Invoice struct {
	Number, Delivery string
	Document         string // DOCNUM of its INVOIC
	Day, Due         string // yyyymmdd
	Lines            []InvoiceLine
	Freight          decimal.Decimal // with the order's first invoice
	FreightTax       decimal.Decimal
	Discount         decimal.Decimal
	Net, Tax, Total  decimal.Decimal
}

// InvoiceLine is an item of an invoice.
type InvoiceLine struct {
	Position  int
	Quantity  decimal.Decimal
	Net, Tax  decimal.Decimal
	item      *Item
	ownNumber string
}

// Invoice charges a delivery and sends INVOIC.
func (s *Simulator) Invoice(ctx context.Context, delivery string) (Invoice, error) {
	s.mu.Lock()
	v, d, err := s.invoice(delivery)
	s.mu.Unlock()
	if err != nil {
		return Invoice{}, fmt.Errorf("invoice delivery %s at SAP: %w", delivery, err)
	}
	return v, s.dropped(ctx, d)
}

func (s *Simulator) invoice(delivery string) (v Invoice, d *document, err error) {
	b, n := s.delivered(delivery)
	if b == nil {
		return v, nil, errors.New("there is no such delivery")
	}
	if done := b.Deliveries[n].Invoice; done != "" {
		return v, nil, fmt.Errorf("it is invoiced already, by %s", done)
	}
	today := s.cfg.Clock().UTC()
	v = Invoice{Number: fmt.Sprintf("90%08d", s.serial()%100_000_000), Delivery: delivery, Day: today.Format("20060102"),
		Due: today.AddDate(0, 0, 30).Format("20060102")}
	b.charge(&v, b.Deliveries[n].Portions)
	if d, err = s.make(b, "INVOIC02", "INVOIC", "invoic", invoiceSegments(b, &v)...); err != nil {
		return v, nil, err
	}
	v.Document = d.Number
	for _, l := range v.Lines {
		l.item.Invoiced = l.item.Invoiced.Add(l.Quantity)
		l.item.Billed, l.item.BilledTax = l.item.Billed.Add(l.Net), l.item.BilledTax.Add(l.Tax)
	}
	b.discounted = b.discounted.Add(v.Discount)
	b.Deliveries[n].Invoice = v.Number
	b.Invoices = append(b.Invoices, v)
	return v, d, nil
}

// delivered finds a delivery. The caller holds mu.
func (s *Simulator) delivered(number string) (*book, int) {
	for _, b := range s.books {
		if n := slices.IndexFunc(b.Deliveries, func(d Delivery) bool { return d.Number == number }); n >= 0 {
			return b, n
		}
	}
	return nil, 0
}

// charge works out the lines and sums of an invoice. What a quantity costs is counted together with all that was invoiced
// before, so that the invoices of a whole order come to its total.
func (b *book) charge(v *Invoice, portions []Portion) {
	whole, soFar := decimal.Zero, decimal.Zero
	for _, p := range portions {
		i, _ := b.item(p.Position)
		net, tax := i.cost(i.Invoiced.Add(p.Quantity))
		v.Lines = append(v.Lines, InvoiceLine{Position: p.Position, Quantity: p.Quantity, Net: net.Sub(i.Billed), Tax: tax.Sub(i.BilledTax), item: i, ownNumber: i.Number})
	}
	for _, l := range v.Lines {
		v.Net, v.Tax = v.Net.Add(l.Net), v.Tax.Add(l.Tax)
	}
	for i := range b.Items {
		whole, soFar = whole.Add(b.Items[i].Net), soFar.Add(b.Items[i].Billed)
	}
	if len(b.Invoices) == 0 {
		v.Freight, v.FreightTax = b.Freight, b.freightTax
	}
	if b.Discount.IsPositive() && whole.IsPositive() {
		v.Discount = cents(b.Discount.Mul(soFar.Add(v.Net)).Div(whole)).Sub(b.discounted)
	}
	v.Net = v.Net.Add(v.Freight).Sub(v.Discount)
	v.Tax = v.Tax.Add(v.FreightTax)
	v.Total = v.Net.Add(v.Tax)
}

// rates are the taxes of an invoice by rate.
func (v *Invoice) rates(b *book) (all []Rate) {
	add := func(percent, tax decimal.Decimal) {
		if tax.IsZero() {
			return
		}
		for i := range all {
			if all[i].Percent.Equal(percent) {
				all[i].Tax = all[i].Tax.Add(tax)
				return
			}
		}
		all = append(all, Rate{percent, tax})
	}
	for _, l := range v.Lines {
		add(l.item.Percent, l.Tax)
	}
	add(b.freightPct, v.FreightTax)
	return all
}

func invoiceSegments(b *book, v *Invoice) (all []*idoc.Segment) {
	add := func(name string, pairs ...string) { all = append(all, segmentOf(name, pairs...)) }
	add("E1EDK01", "CURCY", b.Currency, "ZTERM", b.Terms, "BSART", "INVO", "BELNR", v.Number)
	add("E1EDKA1", "PARVW", "RE", "PARTN", b.Customer)
	add("E1EDKA1", "PARVW", "AG", "PARTN", b.Customer)
	add("E1EDK02", "QUALF", "009", "BELNR", v.Number, "DATUM", v.Day)
	if b.Order.Number != "" {
		add("E1EDK02", "QUALF", "001", "BELNR", b.Order.Number)
	}
	add("E1EDK02", "QUALF", "002", "BELNR", b.SalesOrder)
	add("E1EDK02", "QUALF", "012", "BELNR", v.Delivery)
	add("E1EDK03", "IDDAT", "026", "DATUM", v.Day)
	add("E1EDK03", "IDDAT", "028", "DATUM", v.Due)
	for _, r := range v.rates(b) {
		add("E1EDK04", "MSATZ", r.Percent.StringFixed(3), "MWSBT", r.Tax.StringFixed(2))
	}
	if v.Freight.IsPositive() {
		add("E1EDK05", "ALCKZ", "+", "KSCHL", "HD00", "KOTXT", "Freight", "BETRG", v.Freight.StringFixed(2), "MSATZ", percent(b.freightPct, v.FreightTax))
	}
	if v.Discount.IsPositive() {
		add("E1EDK05", "ALCKZ", "-", "KSCHL", "HB00", "KOTXT", "Discount", "BETRG", v.Discount.StringFixed(2))
	}
	add("E1EDK18", "QUALF", "001", "TAGE", "30", "PRZNT", "0.000")
	for n, l := range v.Lines {
		all = append(all, invoiceItem(b, v, l, fmt.Sprintf("%06d", (n+1)*10)))
	}
	add("E1EDS01", "SUMID", "010", "SUMME", v.Net.StringFixed(2), "WAERQ", b.Currency)
	add("E1EDS01", "SUMID", "005", "SUMME", v.Tax.StringFixed(2), "WAERQ", b.Currency)
	add("E1EDS01", "SUMID", "011", "SUMME", v.Total.StringFixed(2), "WAERQ", b.Currency)
	return all
}

func invoiceItem(b *book, v *Invoice, l InvoiceLine, number string) *idoc.Segment {
	item := segmentOf("E1EDP01", "POSEX", number, "MENGE", l.Quantity.StringFixed(3), "MENEE", l.item.Unit)
	below := func(name string, pairs ...string) { item.Children = append(item.Children, segmentOf(name, pairs...)) }
	if b.Order.Number != "" {
		below("E1EDP02", "QUALF", "001", "BELNR", b.Order.Number, "ZEILE", l.item.Position)
	}
	below("E1EDP02", "QUALF", "002", "BELNR", b.SalesOrder, "ZEILE", l.ownNumber)
	below("E1EDP02", "QUALF", "016", "BELNR", v.Delivery)
	if l.item.Material != "" {
		below("E1EDP19", "QUALF", "002", "IDTNR", l.item.Material, "KTEXT", head(l.item.Name, 70))
	} else {
		below("E1EDP19", "QUALF", "001", "KTEXT", head(l.item.Name, 70))
	}
	below("E1EDP26", "QUALF", "003", "BETRG", l.Net.StringFixed(2))
	if rate := percent(l.item.Percent, l.Tax); rate != "" {
		below("E1EDP04", "MSATZ", rate, "MWSBT", l.Tax.StringFixed(2))
	}
	return item
}

// percent is a rate as SAP writes it, "" where there is no tax.
func percent(rate, tax decimal.Decimal) string {
	if tax.IsZero() && rate.IsZero() {
		return ""
	}
	return rate.StringFixed(3)
}
