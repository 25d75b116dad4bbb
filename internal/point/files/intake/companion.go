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
	price, currency, stock int // columns, -1 where the file has none
	prices, levels         companion
	money                  map[string]string // currencies met, by cell
}

// companion is how records of one such resource are put together: what all of them say, and where the rest goes.
type companion struct {
	t        *resource.Type
	same     resource.Record
	number   *resource.Field // what the cell says
	at       int             // its position
	unit     int
	currency int
}

func newCompanions(schema *resource.Schema, d Defaults) *companions {
	c := &companions{defaults: d, price: -1, currency: -1, stock: -1, money: map[string]string{}}
	c.prices = newCompanion(schema, "prices", "amount")
	// The price of one unit from the first one on, always valid.
	set(c.prices.same, c.prices.t, "priceList", resource.ByKey(d.PriceList).String())
	set(c.prices.same, c.prices.t, "minQuantity", "0")
	set(c.prices.same, c.prices.t, "per", "1")
	c.prices.same[c.prices.t.At("validFrom")] = resource.Cleared
	c.levels = newCompanion(schema, "inventoryLevels", "onHand")
	set(c.levels.same, c.levels.t, "warehouse", resource.ByKey(d.Warehouse).String())
	return c
}

func newCompanion(schema *resource.Schema, typeName, number string) companion {
	t, _ := schema.Type(typeName)
	c := companion{t: t, same: t.NewRecord(), at: t.At(number), unit: t.At("unit"), currency: t.At("currency")}
	c.number, _ = t.Field(number)
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
	at := r.unitAt
	unit := product.Values[at]
	if !unit.Given() {
		unit = resource.Of(resource.ByKey(c.defaults.Unit).String())
		product.Initial = r.t.NewRecord()
		product.Initial[at] = unit
	}
	if cell := cellAt(cells, c.price); cell != "" {
		if price := c.prices.make(r, row, product, unit, c.price, cell); price != nil && c.setCurrency(row, price, cellAt(cells, c.currency)) {
			row.add(c.prices.t, record.Upsert, price, false)
		}
	}
	if cell := cellAt(cells, c.stock); cell != "" {
		if level := c.levels.make(r, row, product, unit, c.stock, cell); level != nil {
			row.add(c.levels.t, record.Upsert, level, false)
		}
	}
}

func cellAt(cells []string, i int) string {
	if i < 0 {
		return ""
	}
	return strings.TrimSpace(cells[i])
}

// make puts one record of the product together; nil if the cell is no number.
func (c *companion) make(r *csvRows, row *Row, product *record.Change, unit resource.Value, column int, cell string) *record.Change {
	text, err := r.number(c.number, column, cell)
	if err != nil {
		name := r.reader.Header()[column]
		row.fault(name, "value", "invalid_value", fmt.Sprintf("Column %s: %s.", name, err))
		return nil
	}
	values := append(resource.Record(nil), c.same...)
	values[c.at], values[c.unit] = resource.Of(text), unit
	return &record.Change{Values: values, Links: map[string]*record.Change{"product": product}}
}

func (c *companions) setCurrency(row *Row, price *record.Change, cell string) bool {
	if cell == "" {
		cell = c.defaults.Currency
	}
	code, ok := c.money[cell]
	if !ok {
		var err error
		if code, err = c.prices.t.Fields[c.prices.currency].Kind.ParseText(cell); err != nil {
			row.fault("currency", "value", "invalid_value", fmt.Sprintf("Column currency: %s.", err))
			return false
		}
		c.money[cell] = code
	}
	price.Values[c.prices.currency] = resource.Of(code)
	return true
}

func link(c *record.Change, relation string, to *record.Change) {
	if c.Links == nil {
		c.Links = map[string]*record.Change{}
	}
	c.Links[relation] = to
}
