package sapsim

import "github.com/shopspring/decimal"

// cents rounds half up to the two decimals that SAP's amounts have.
func cents(d decimal.Decimal) decimal.Decimal { return d.Round(2) }

// net is what SAP's own conditions give for a quantity on a day (yyyymmdd): the access sequence takes the first of customer,
// group and everybody that has a price at all. The day, the currency and the units must fit.
func (k *knowledge) net(number string, product string, quantity decimal.Decimal, unit, currency, day string) (decimal.Decimal, bool) {
	c, m := k.customers[number], k.materials[product]
	if c == nil || m == nil {
		return decimal.Zero, false
	}
	keys := []conditionKey{{customer: number, material: product}, {group: c.group, material: product}, {material: product}}
	if c.group == "" {
		keys = append(keys[:1], keys[2])
	}
	for _, key := range keys {
		record := k.valid(key, currency, day)
		if record == nil {
			continue
		}
		there, ok := m.convert(quantity, unit, record.unit)
		if !ok {
			continue
		}
		if amount, ok := record.amount(there); ok {
			return cents(there.Mul(amount).Div(record.per)), true
		}
	}
	return decimal.Zero, false
}

// valid is the record that holds on a day: the one that began last.
func (k *knowledge) valid(key conditionKey, currency, day string) (found *condition) {
	for _, c := range k.conditions[key] {
		if c.currency == currency && c.from <= day && (c.until == "" || day <= c.until) && (found == nil || found.from < c.from) {
			found = c
		}
	}
	return found
}

// amount is that of the highest scale that the quantity reaches.
func (c *condition) amount(quantity decimal.Decimal) (amount decimal.Decimal, ok bool) {
	best := decimal.NewFromInt(-1)
	for _, s := range c.scales {
		if s.from.LessThanOrEqual(quantity) && s.from.GreaterThan(best) {
			best, amount, ok = s.from, s.amount, true
		}
	}
	return amount, ok
}

// convert counts a quantity in another unit of the material.
func (m *material) convert(quantity decimal.Decimal, from, to string) (decimal.Decimal, bool) {
	if from == to {
		return quantity, true
	}
	a, ok := m.units[from]
	b, also := m.units[to]
	if !ok || !also || !b.IsPositive() {
		return decimal.Zero, false
	}
	return quantity.Mul(a).Div(b), true
}
