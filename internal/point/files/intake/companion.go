package intake

import (
	"fmt"
	"slices"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// companions are the columns of a products row that yield records of other resources: its unit, its price in the
// partner's price list, its stock in the partner's warehouse.
type companions struct {
	defaults                    Defaults
	units, prices, levels       *resource.Type
	hasUnits, hasPrice, hasLeft bool
}

type companionCell struct {
	column int
	text   string
}

func newCompanions(schema *resource.Schema, d Defaults) *companions {
	c := &companions{defaults: d}
	c.units, c.hasUnits = schema.Type("productUnits")
	c.prices, c.hasPrice = schema.Type("prices")
	c.levels, c.hasLeft = schema.Type("inventoryLevels")
	return c
}

func (c *companions) knows(name string) bool {
	return slices.Contains([]string{"price", "currency", "stock", "unit"}, name)
}

// apply adds the product and what its row says beside it.
func (c *companions) apply(r *csvRows, row *Row, product *record.Change, cells map[string]companionCell) {
	row.add(r.t, record.Upsert, product, true)
	unit := c.defaults.Unit
	if u := cells["unit"]; u.text != "" {
		unit = r.units(u.text)
	}
	if u, given := cells["unit"]; c.hasUnits && given && u.text != "" {
		row.add(c.units, record.Upsert, c.productUnit(product, unit), false)
	}
	if p := cells["price"]; c.hasPrice && p.text != "" {
		if price := c.price(r, row, product, unit, cells); price != nil {
			row.add(c.prices, record.Upsert, price, false)
		}
	}
	if s := cells["stock"]; c.hasLeft && s.text != "" {
		if level := c.level(r, row, product, unit, s); level != nil {
			row.add(c.levels, record.Upsert, level, false)
		}
	}
}

func (c *companions) productUnit(product *record.Change, unit string) *record.Change {
	u := &record.Change{Values: c.units.NewRecord(), Initial: c.units.NewRecord()}
	link(u, "product", product)
	set(u.Values, c.units, "unit", resource.ByKey(unit).String())
	set(u.Values, c.units, "primary", "true")
	set(u.Initial, c.units, "factor", "1")
	return u
}

func (c *companions) price(r *csvRows, row *Row, product *record.Change, unit string, cells map[string]companionCell) *record.Change {
	p := &record.Change{Values: c.prices.NewRecord()}
	link(p, "product", product)
	if !c.number(r, row, c.prices, "amount", cells["price"], p) {
		return nil
	}
	currency := cells["currency"].text
	if currency == "" {
		currency = c.defaults.Currency
	}
	f, _ := c.prices.Field("currency")
	text, err := f.Kind.ParseText(currency)
	if err != nil {
		row.fault("currency", "value", "invalid_value", fmt.Sprintf("Column currency: %s.", err))
		return nil
	}
	set(p.Values, c.prices, "currency", text)
	set(p.Values, c.prices, "priceList", resource.ByKey(c.defaults.PriceList).String())
	set(p.Values, c.prices, "unit", resource.ByKey(unit).String())
	set(p.Values, c.prices, "minQuantity", "0")
	p.Values[c.prices.At("validFrom")] = resource.Cleared
	return p
}

func (c *companions) level(r *csvRows, row *Row, product *record.Change, unit string, cell companionCell) *record.Change {
	l := &record.Change{Values: c.levels.NewRecord()}
	link(l, "product", product)
	if !c.number(r, row, c.levels, "onHand", cell, l) {
		return nil
	}
	set(l.Values, c.levels, "warehouse", resource.ByKey(c.defaults.Warehouse).String())
	set(l.Values, c.levels, "unit", resource.ByKey(unit).String())
	return l
}

func (c *companions) number(r *csvRows, row *Row, t *resource.Type, field string, cell companionCell, into *record.Change) bool {
	f, _ := t.Field(field)
	text, err := r.reader.Decimal(cell.column, cell.text)
	if err == nil {
		text, err = f.Kind.ParseText(text)
	}
	if err != nil {
		row.fault(field, "value", "invalid_value", fmt.Sprintf("Column %s: %s.", r.reader.Header()[cell.column], reason(err)))
		return false
	}
	set(into.Values, t, field, text)
	return true
}

func set(values resource.Record, t *resource.Type, name, text string) {
	if at := t.At(name); at >= 0 {
		values[at] = resource.Of(text)
	}
}
