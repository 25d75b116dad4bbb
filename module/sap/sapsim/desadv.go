package sapsim

import (
	"context"
	"errors"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/format/idoc"
)

// Portion is a quantity of a position, in the unit in which it was ordered.
type Portion struct {
	Position int // the shop's, of SAP's own orders SAP's
	Quantity decimal.Decimal
}

// Delivery is goods that left.
type Delivery struct {
	Number   string // VBELN
	Document string // DOCNUM of its DESADV
	Day      string // of goods issue, yyyymmdd
	Carrier  string // name of the forwarding agent
	Tracking []string
	Portions []Portion
	Invoice  string // its number, once it is invoiced
}

// Ship posts the goods issue of positions and sends DESADV; without portions all that is open leaves. The carrier's number of
// each parcel is in tracking; of none, SAP makes one up.
func (s *Simulator) Ship(ctx context.Context, number string, tracking []string, portions ...Portion) (Delivery, error) {
	s.mu.Lock()
	v, d, err := s.ship(number, tracking, portions)
	s.mu.Unlock()
	if err != nil {
		return Delivery{}, fmt.Errorf("ship order %s at SAP: %w", number, err)
	}
	return v, s.dropped(ctx, d)
}

func (s *Simulator) ship(number string, tracking []string, portions []Portion) (v Delivery, d *document, err error) {
	b, err := s.find(number)
	if err != nil {
		return v, nil, err
	}
	if len(portions) == 0 {
		portions = b.rest()
	}
	if portions, err = b.shippable(portions); err != nil {
		return v, nil, err
	}
	if len(tracking) == 0 {
		tracking = []string{fmt.Sprintf("79%010d", s.serial())}
	}
	v = Delivery{Number: fmt.Sprintf("80%08d", s.serial()%100_000_000), Day: s.cfg.Clock().UTC().Format("20060102"),
		Carrier: b.Carrier.Name, Tracking: tracking, Portions: portions}
	head := s.delivery(b, v)
	if d, err = s.make(b, "DELVRY03", "DESADV", "desadv", head); err != nil {
		return v, nil, err
	}
	for _, p := range portions {
		i, _ := b.item(p.Position) // it is there, shippable has seen it
		i.Shipped = i.Shipped.Add(p.Quantity)
	}
	v.Document = d.Number
	b.Deliveries = append(b.Deliveries, v)
	return v, d, nil
}

// rest is all that can still be shipped.
func (b *book) rest() (all []Portion) {
	for i := range b.Items {
		if open := b.Items[i].open(); open.IsPositive() {
			all = append(all, Portion{b.Items[i].position(), open})
		}
	}
	return all
}

// shippable refuses what is not open, and adds up what is named twice.
func (b *book) shippable(portions []Portion) (all []Portion, err error) {
	if len(portions) == 0 {
		return nil, errors.New("nothing is open")
	}
	at := map[int]int{}
	for _, p := range portions {
		i, err := b.item(p.Position)
		if err != nil {
			return nil, err
		}
		n, twice := at[p.Position]
		if !twice {
			n, all = len(all), append(all, Portion{Position: p.Position})
			at[p.Position] = n
		}
		all[n].Quantity = all[n].Quantity.Add(p.Quantity)
		if !p.Quantity.IsPositive() || all[n].Quantity.GreaterThan(i.open()) {
			return nil, fmt.Errorf("position %d: %s cannot be shipped; %s are open", p.Position, all[n].Quantity, i.open())
		}
	}
	return all, nil
}

// delivery is the segment E1EDL20 with all below.
func (s *Simulator) delivery(b *book, v Delivery) *idoc.Segment {
	weight, items := decimal.Zero, make([]*idoc.Segment, 0, len(v.Portions))
	for n, p := range v.Portions {
		i, _ := b.item(p.Position)
		item, own := s.deliveryItem(b, i, p, fmt.Sprintf("%06d", (n+1)*10))
		items, weight = append(items, item), weight.Add(own)
	}
	head := segmentOf("E1EDL20", "VBELN", v.Number, "VSTEL", s.cfg.SalesOrganization, "VKORG", s.cfg.SalesOrganization)
	if weight.IsPositive() {
		put(head, "BTGEW", weight.StringFixed(3))
		put(head, "NTGEW", weight.StringFixed(3))
		put(head, "GEWEI", "KGM")
	}
	put(head, "ANZPK", fmt.Sprintf("%05d", len(v.Tracking)))
	below := func(parts ...*idoc.Segment) { head.Children = append(head.Children, parts...) }
	below(segmentOf("E1EDL18", "QUALF", "ORI"), segmentOf("E1ADRM1", "PARTNER_Q", "WE", "PARTNER_ID", b.Customer))
	if b.Carrier.Name != "" || b.Carrier.Number != "" {
		below(segmentOf("E1ADRM1", "PARTNER_Q", "SP", "PARTNER_ID", b.Carrier.Number, "NAME1", b.Carrier.Name))
	}
	below(segmentOf("E1EDT13", "QUALF", "006", "NTANF", v.Day, "NTANZ", "000000", "ISDD", v.Day, "ISDZ", s.cfg.Clock().UTC().Format("150405")))
	if b.Carrier.Service != "" {
		route := segmentOf("E1EDL28")
		route.Children = []*idoc.Segment{segmentOf("E1EDL29", "ROUTE_BEZ", b.Carrier.Service)}
		below(route)
	}
	below(items...)
	for n, number := range v.Tracking {
		unit := segmentOf("E1EDL37", "EXIDV", s.sscc(), "VHILM", "CARTON", "EXIDV2", number)
		if n == 0 {
			for _, item := range items {
				unit.Children = append(unit.Children, segmentOf("E1EDL44", "VBELN", v.Number, "POSNR", item.Text("POSNR"), "VEMNG", item.Text("LFIMG"),
					"VEMEH", item.Text("VRKME"), "MATNR", item.Text("MATNR")))
			}
		}
		below(unit)
	}
	return head
}

// deliveryItem is the segment E1EDL24, and what it weighs in kilograms.
func (s *Simulator) deliveryItem(b *book, i *Item, p Portion, number string) (*idoc.Segment, decimal.Decimal) {
	item := segmentOf("E1EDL24", "POSNR", number, "MATNR", i.Material, "ARKTX", head(i.Name, 40), "LFIMG", p.Quantity.StringFixed(3), "VRKME", i.Unit)
	weight := decimal.Zero
	if m := s.know.materials[i.Material]; m != nil {
		if base, ok := m.convert(p.Quantity, i.Unit, m.unit); ok {
			weight = base.Mul(m.weight).Round(3)
		}
	}
	put(item, "VGBEL", b.SalesOrder)
	put(item, "VGPOS", i.Number)
	if b.Order.Number != "" {
		item.Children = append(item.Children, segmentOf("E1EDL41", "QUALI", "001", "BSTNR", b.Order.Number, "POSEX", i.Position))
	}
	return item, weight
}

// sscc is a new number of a handling unit: 18 digits with a check digit (GS1 General Specifications, section 3.2), in the
// twenty of EXIDV.
func (s *Simulator) sscc() string {
	digits := fmt.Sprintf("34012345%09d", s.serial()%1_000_000_000)
	sum := 0
	for n, c := range digits {
		weight := 3
		if n%2 == 1 {
			weight = 1
		}
		sum += int(c-'0') * weight
	}
	return fmt.Sprintf("00%s%d", digits, (10-sum%10)%10)
}
