package sapsim

import (
	"context"
	"fmt"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/format/idoc"
)

// Schedule is what SAP confirms of a position otherwise than it was ordered.
type Schedule struct {
	Position int // the shop's, of SAP's own orders SAP's
	Quantity decimal.Decimal
	Day      string // yyyymmdd; the wanted one, else two days after today, if empty
	Reason   string // why it is rejected, with a quantity of 0; 0 without a reason is open, with no stock at present
}

// Confirm sends ORDRSP: all that was ordered is confirmed, but for the schedules given.
func (s *Simulator) Confirm(ctx context.Context, number string, schedules ...Schedule) (Document, error) {
	s.mu.Lock()
	d, err := s.confirmed(number, schedules)
	s.mu.Unlock()
	if err != nil {
		return Document{}, fmt.Errorf("confirm order %s at SAP: %w", number, err)
	}
	return d.Document, s.dropped(ctx, d)
}

func (s *Simulator) confirmed(number string, schedules []Schedule) (*document, error) {
	b, err := s.find(number)
	if err != nil {
		return nil, err
	}
	day := b.Wanted
	if day == "" {
		day = s.cfg.Clock().UTC().AddDate(0, 0, 2).Format("20060102")
	}
	items := make([]Item, len(b.Items))
	copy(items, b.Items)
	plan := &book{Book: Book{Order: b.Order, Items: items}}
	for i := range items {
		items[i].Confirmed, items[i].Day, items[i].Reason = items[i].Quantity, day, ""
	}
	for _, c := range schedules {
		i, err := plan.item(c.Position)
		if err != nil {
			return nil, err
		}
		if c.Quantity.IsNegative() || c.Quantity.GreaterThan(i.Quantity) || c.Quantity.LessThan(i.Shipped) {
			return nil, fmt.Errorf("position %d: %s cannot be confirmed; %s are ordered and %s shipped", c.Position, c.Quantity, i.Quantity, i.Shipped)
		}
		i.Confirmed, i.Reason = c.Quantity, c.Reason
		if c.Day != "" {
			i.Day = c.Day
		}
	}
	b.Items = items
	return s.make(b, "ORDERS05", "ORDRSP", "ordrsp", s.orderSegments(b, true)...)
}

// orderSegments are those of an order's answer, or of an order of SAP's own.
func (s *Simulator) orderSegments(b *book, answer bool) (all []*idoc.Segment) {
	add := func(name string, pairs ...string) *idoc.Segment {
		all = append(all, segmentOf(name, pairs...))
		return all[len(all)-1]
	}
	add("E1EDK01", "CURCY", b.Currency, "ZTERM", b.Terms, "BSART", "OR", "BELNR", b.SalesOrder)
	for _, area := range [][2]string{{"006", s.cfg.Division}, {"007", s.cfg.DistributionChannel}, {"008", s.cfg.SalesOrganization}} {
		add("E1EDK14", "QUALF", area[0], "ORGID", area[1])
	}
	today := b.Received.UTC()
	add("E1EDK03", "IDDAT", "012", "DATUM", today.Format("20060102"))
	add("E1EDK03", "IDDAT", "025", "DATUM", today.Format("20060102"), "UZEIT", today.Format("150405"))
	for _, r := range b.Rates {
		add("E1EDK04", "MSATZ", r.Percent.StringFixed(3), "MWSBT", r.Tax.StringFixed(2))
	}
	if b.Freight.IsPositive() {
		add("E1EDK05", "ALCKZ", "+", "KSCHL", "HD00", "BETRG", b.Freight.StringFixed(2))
	}
	if b.Discount.IsPositive() {
		add("E1EDK05", "ALCKZ", "-", "KSCHL", "HB00", "BETRG", b.Discount.StringFixed(2))
	}
	add("E1EDKA1", "PARVW", "AG", "PARTN", b.Customer)
	add("E1EDKA1", "PARVW", "WE", "PARTN", b.Customer)
	if b.Order.Number != "" {
		add("E1EDK02", "QUALF", "001", "BELNR", b.Order.Number)
	}
	add("E1EDK02", "QUALF", "002", "BELNR", b.SalesOrder)
	for i := range b.Items {
		all = append(all, orderItem(b, &b.Items[i], answer))
	}
	add("E1EDS01", "SUMID", "001", "SUMME", strconv.Itoa(len(b.Items)))
	add("E1EDS01", "SUMID", "002", "SUMME", b.Total.StringFixed(2), "SUNIT", b.Currency)
	if !b.Tax.IsZero() {
		add("E1EDS01", "SUMID", "003", "SUMME", b.Gross.StringFixed(2), "SUNIT", b.Currency)
		add("E1EDS01", "SUMID", "005", "SUMME", b.Tax.StringFixed(2), "SUNIT", b.Currency)
	}
	return all
}

func orderItem(b *book, i *Item, answer bool) *idoc.Segment {
	item := segmentOf("E1EDP01", "POSEX", i.Number, "MENGE", i.Quantity.StringFixed(3), "MENEE", i.Unit, "PMENE", i.Unit,
		"VPREI", i.Price.StringFixed(2), "PEINH", i.Per.String(), "NETWR", i.Net.StringFixed(2), "CURCY", b.Currency)
	if i.Reason != "" {
		put(item, "ABGRU", "10")
		put(item, "ABGRT", head(i.Reason, 40))
	}
	below := func(name string, pairs ...string) { item.Children = append(item.Children, segmentOf(name, pairs...)) }
	if b.Order.Number != "" && answer {
		below("E1EDP02", "QUALF", "001", "BELNR", b.Order.Number, "ZEILE", i.Position)
	}
	below("E1EDP02", "QUALF", "002", "BELNR", b.SalesOrder, "ZEILE", i.Number)
	if !i.Tax.IsZero() {
		below("E1EDP04", "MSATZ", i.Percent.StringFixed(3), "MWSBT", i.Tax.StringFixed(2))
	}
	if answer && i.Confirmed.IsPositive() {
		below("E1EDP20", "WMENG", i.Confirmed.StringFixed(3), "EDATU", i.Day)
	} else if answer {
		below("E1EDP20", "WMENG", "0.000", "EDATU", i.Day) // the wanted day, which says nothing
	}
	if i.Material != "" {
		below("E1EDP19", "QUALF", "002", "IDTNR", i.Material, "KTEXT", head(i.Name, 70))
	} else {
		below("E1EDP19", "QUALF", "001", "KTEXT", head(i.Name, 70))
	}
	return item
}

// segmentOf makes a segment of names and values; what is empty is left out.
func segmentOf(name string, pairs ...string) *idoc.Segment {
	s := &idoc.Segment{Name: name}
	for i := 0; i+1 < len(pairs); i += 2 {
		put(s, pairs[i], pairs[i+1])
	}
	return s
}
