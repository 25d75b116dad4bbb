package shop

import (
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/internal/web/storefront"
)

// lowStock is from how much on, or below, a page says that little is left.
var lowStock = decimal.NewFromInt(5)

var (
	one     = decimal.NewFromInt(1)
	hundred = decimal.NewFromInt(100)
)

// units are those that the product is offered in: the base unit, the others by size, then what only prices speak of.
func (p *productRow) units(printer *page.Printer) []storefront.Unit {
	packings := append([]packing(nil), p.packings...)
	for _, r := range p.Prices {
		known := false
		for _, k := range packings {
			known = known || k.code == r.Unit
		}
		if !known {
			packings = append(packings, p.packing(r.Unit))
		}
	}
	offered := make([]storefront.Unit, len(packings))
	for i, k := range packings {
		offered[i] = p.unit(printer, k)
	}
	return offered
}

func (p *productRow) unit(printer *page.Printer, k packing) storefront.Unit {
	u := storefront.Unit{Code: k.code, Name: k.name, Step: decimal.New(1, -int32(k.precision))} // #nosec G115 -- 0 to 6
	if base := p.base(); k.code != base.code && k.factor.IsPositive() {
		u.Content = printer.Quantity(k.factor) + "\u00a0×\u00a0" + base.name
	}
	u.Tiers = p.tiers(k, u.Step)
	u.Least = u.Step
	if len(u.Tiers) > 0 {
		u.Least = decimal.Max(u.Step, u.Tiers[0].From)
		u.Price = &u.Tiers[0].Price
	}
	if len(u.Tiers) == 1 {
		u.Tiers = nil
	}
	return u
}

// tiers are the steps of the price in one unit, the least quantity first. A step that no quantity can fall on, since the
// next begins before the smallest quantity, is left out.
func (p *productRow) tiers(k packing, step decimal.Decimal) []storefront.Tier {
	var tiers []storefront.Tier
	for _, r := range p.Prices {
		if r.Unit != k.code {
			continue
		}
		t := storefront.Tier{From: decimal.Max(r.MinQuantity, decimal.Zero), Price: r.price()}
		if t.From.LessThan(step) && step.Equal(one) {
			t.From = step
		}
		if n := len(tiers); n > 0 && t.From.LessThanOrEqual(decimal.Max(tiers[n-1].From, step)) {
			tiers = tiers[:n-1]
		}
		tiers = append(tiers, t)
	}
	for i := range tiers[min(1, len(tiers)):] {
		tiers[i+1].Saving = saving(tiers[0].Price, tiers[i+1].Price)
	}
	return tiers
}

func (r priceRow) price() storefront.Price {
	return storefront.Price{Money: page.Money{Amount: r.Amount, Currency: r.Currency}, Per: r.Per}
}

// saving is how many percent less one unit costs.
func saving(first, later storefront.Price) int {
	if !first.Amount.IsPositive() || !first.Per.IsPositive() || !later.Per.IsPositive() {
		return 0
	}
	whole := first.Amount.Mul(later.Per)
	percent := whole.Sub(later.Amount.Mul(first.Per)).Mul(hundred).Div(whole).Round(0)
	return int(max(percent.IntPart(), 0))
}

// can is how much can be had in a unit, by the rule of inventory.Reserve: of stock that is counted in it, else of stock in
// the base unit. ok is false where stock says nothing.
func (p *productRow) can(k packing, warehouse string) (available decimal.Decimal, ok bool) {
	counted, base := false, p.base()
	for _, r := range p.Stock {
		counted = counted || r.Unit == k.code
	}
	for _, r := range p.Stock {
		if warehouse != "" && r.Warehouse != warehouse {
			continue
		}
		switch {
		case r.Unit == k.code:
			available = available.Add(r.Available)
		case !counted && r.Unit == base.code && k.factor.IsPositive():
			available = available.Add(r.Available)
		}
	}
	if !counted && k.factor.IsPositive() {
		available = available.Div(k.factor).RoundDown(int32(k.precision)) // #nosec G115 -- 0 to 6
	}
	return available, p.Kind != "service"
}

func (p *productRow) stock(k packing) storefront.Stock {
	available, ok := p.can(k, "")
	return stockState(available, ok, k)
}

func stockState(available decimal.Decimal, ok bool, k packing) storefront.Stock {
	s := storefront.Stock{State: "in", Available: available, Unit: k.name}
	switch {
	case !ok:
		s.State = "unknown"
	case !available.IsPositive():
		s.State = "out"
	case available.LessThanOrEqual(lowStock):
		s.State = "low"
	}
	return s
}
