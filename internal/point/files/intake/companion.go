package intake

import (
	"fmt"
	"slices"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// companions are the columns of a products row that yield records of other resources: its price in the partner's price
// list, its stock in the partner's warehouse, both in the row's unit.
type companions struct {
	defaults       Defaults
	prices, levels *resource.Type
}

type companionCell struct {
	column int
	text   string
}

func newCompanions(schema *resource.Schema, d Defaults) *companions {
	c := &companions{defaults: d}
	c.prices, _ = schema.Type("prices")
	c.levels, _ = schema.Type("inventoryLevels")
	return c
}

func (c *companions) knows(name string) bool {
	return slices.Contains([]string{"price", "currency", "stock"}, name)
}

// apply adds the product and what its row says beside it.
func (c *companions) apply(r *csvRows, row *Row, product *record.Change, cells map[string]companionCell) {
	row.add(r.t, record.Upsert, product, true)
	at := r.t.At("unit")
	unit := product.Values[at].Text
	if unit == "" {
		unit = resource.ByKey(c.defaults.Unit).String()
		product.Initial = r.t.NewRecord()
		product.Initial[at] = resource.Of(unit)
	}
	if p := cells["price"]; p.text != "" {
		if price := c.price(r, row, product, unit, cells); price != nil {
			row.add(c.prices, record.Upsert, price, false)
		}
	}
	if s := cells["stock"]; s.text != "" {
		if level := c.level(r, row, product, unit, s); level != nil {
			row.add(c.levels, record.Upsert, level, false)
		}
	}
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
	set(p.Values, c.prices, "unit", unit)
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
	set(l.Values, c.levels, "unit", unit)
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
