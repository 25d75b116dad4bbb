package shipping

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
)

// MaxParcels is how many parcels a carrier is asked for at most; what needs more is freight, and nobody's parcel service.
const MaxParcels = 500

// piece is the weight of one unit as it is bought, which goes into a parcel whole: a carton is not opened.
func (it Item) piece() decimal.Decimal {
	if it.Factor.IsZero() {
		return it.Weight
	}
	return it.Factor.Mul(it.Weight)
}

// lot is so many pieces of one weight.
type lot struct{ weight, count decimal.Decimal }

// Pack puts items into parcels of at most limit kg, the heaviest pieces first, each into the first parcel that has room. A
// piece heavier than that is a parcel of its own; a fraction of a unit (half a metre) is a piece. The weights of the parcels
// are those of the items, exactly. A limit of zero is none. Nil means that nothing weighs anything, or that it would be more
// than MaxParcels.
func Pack(items []Item, limit decimal.Decimal) []module.Parcel {
	lots := lots(items)
	if len(lots) == 0 {
		return nil
	}
	if !limit.IsPositive() {
		var all decimal.Decimal
		for _, l := range lots {
			all = all.Add(l.weight.Mul(l.count))
		}
		return []module.Parcel{{Weight: all}}
	}
	var parcels []module.Parcel
	for _, l := range lots {
		for i := range parcels {
			l.into(&parcels[i], limit)
		}
		for l.count.IsPositive() {
			if len(parcels) == MaxParcels {
				return nil
			}
			var p module.Parcel
			if l.into(&p, limit); p.Weight.IsZero() { // heavier than a parcel may be
				p.Weight, l.count = l.weight, l.count.Sub(one)
			}
			parcels = append(parcels, p)
		}
	}
	return parcels
}

// into moves as many pieces into a parcel as it has room for.
func (l *lot) into(p *module.Parcel, limit decimal.Decimal) {
	room := limit.Sub(p.Weight)
	if room.LessThan(l.weight) || !l.count.IsPositive() {
		return
	}
	fit, _ := room.QuoRem(l.weight, 0)
	fit = decimal.Min(fit, l.count)
	p.Weight, l.count = p.Weight.Add(fit.Mul(l.weight)), l.count.Sub(fit)
}

var one = decimal.NewFromInt(1)

// lots are the pieces of the items that weigh anything, the heaviest first.
func lots(items []Item) []lot {
	var lots []lot
	for _, it := range items {
		piece := it.piece()
		if !piece.IsPositive() || !it.Quantity.IsPositive() {
			continue
		}
		whole := it.Quantity.Floor()
		if whole.IsPositive() {
			lots = append(lots, lot{piece, whole})
		}
		if rest := it.Quantity.Sub(whole); rest.IsPositive() {
			lots = append(lots, lot{piece.Mul(rest), one})
		}
	}
	slices.SortStableFunc(lots, func(a, b lot) int { return b.weight.Cmp(a.weight) })
	return lots
}
