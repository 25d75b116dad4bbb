package intake

import (
	"fmt"
	"strings"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// companions are the columns of a products row that yield records of other resources: its price in the partner's price
// list, its stock in the partner's warehouse, both in the row's unit.
type companions struct {
	defaults               Defaults
	prices, levels         *resource.Type
	price, currency, stock int // columns, -1 where the file has none
	money                  map[string]string
}

func newCompanions(schema *resource.Schema, d Defaults) *companions {
	c := &companions{defaults: d, price: -1, currency: -1, stock: -1, money: map[string]string{}}
	c.prices, _ = schema.Type("prices")
	c.levels, _ = schema.Type("inventoryLevels")
	return c
}

// take notes a column if it is one of the companions'.
func (c *companions) take(name string, column int) bool {
	switch name {
	case "price":
		c.price = column
	case "currency":
		c.currency = column
	case "stock":
		c.stock = column
	default:
		return false
	}
	return true
}

// apply adds what a product's row says beside it.
func (c *companions) apply(r *csvRows, row *Row, product *record.Change, cells []string) {
	at := r.t.At("unit")
	unit := product.Values[at].Text
	if !product.Values[at].Given() {
		unit = resource.ByKey(c.defaults.Unit).String()
		product.Initial = r.t.NewRecord()
		product.Initial[at] = resource.Of(unit)
	}
	if cell := cellAt(cells, c.price); cell != "" {
		if price := c.newPrice(r, row, unit, cell, cellAt(cells, c.currency)); price != nil {
			link(price, "product", product)
			row.add(c.prices, record.Upsert, price, false)
		}
	}
	if cell := cellAt(cells, c.stock); cell != "" {
		if level := c.newLevel(r, row, unit, cell); level != nil {
			link(level, "product", product)
			row.add(c.levels, record.Upsert, level, false)
		}
	}
}

func cellAt(cells []string, i int) string {
	if i < 0 {
		return ""
	}
	return strings.TrimSpace(cells[i])
}

func link(c *record.Change, relation string, to *record.Change) {
	if c.Links == nil {
		c.Links = map[string]*record.Change{}
	}
	c.Links[relation] = to
}

// newPrice is the price of one unit from the first one on, always valid.
func (c *companions) newPrice(r *csvRows, row *Row, unit, cell, currency string) *record.Change {
	p := &record.Change{Values: c.prices.NewRecord()}
	if !c.number(r, row, c.prices, "amount", c.price, cell, p) {
		return nil
	}
	if currency == "" {
		currency = c.defaults.Currency
	}
	code, ok := c.money[currency]
	if !ok {
		f, _ := c.prices.Field("currency")
		var err error
		if code, err = f.Kind.ParseText(currency); err != nil {
			row.fault("currency", "value", "invalid_value", fmt.Sprintf("Column currency: %s.", err))
			return nil
		}
		c.money[currency] = code
	}
	set(p.Values, c.prices, "currency", code)
	set(p.Values, c.prices, "priceList", resource.ByKey(c.defaults.PriceList).String())
	set(p.Values, c.prices, "unit", unit)
	set(p.Values, c.prices, "minQuantity", "0")
	set(p.Values, c.prices, "per", "1")
	p.Values[c.prices.At("validFrom")] = resource.Cleared
	return p
}

func (c *companions) newLevel(r *csvRows, row *Row, unit, cell string) *record.Change {
	l := &record.Change{Values: c.levels.NewRecord()}
	if !c.number(r, row, c.levels, "onHand", c.stock, cell, l) {
		return nil
	}
	set(l.Values, c.levels, "warehouse", resource.ByKey(c.defaults.Warehouse).String())
	set(l.Values, c.levels, "unit", unit)
	return l
}

func (c *companions) number(r *csvRows, row *Row, t *resource.Type, field string, column int, cell string, into *record.Change) bool {
	f, _ := t.Field(field)
	text, err := r.number(f, column, cell)
	if err != nil {
		name := r.reader.Header()[column]
		row.fault(name, "value", "invalid_value", fmt.Sprintf("Column %s: %s.", name, err))
		return false
	}
	set(into.Values, t, field, text)
	return true
}
