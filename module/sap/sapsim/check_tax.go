package sapsim

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// grossPrice is the condition type of a price that has its tax in it.
const grossPrice = "PR01"

var hundred = decimal.NewFromInt(100)

// taxed says what of a line's value is net and what is tax. The tax is rounded half up, once; where the value includes it, the
// net value is the rest.
func (l *Line) taxed(value decimal.Decimal) (net, tax decimal.Decimal) {
	if !l.Included {
		return value, cents(value.Mul(l.Percent).Div(hundred))
	}
	tax = value.Mul(l.Percent).DivRound(hundred.Add(l.Percent), 2)
	return value.Sub(tax), tax
}

// checkLineTax reads an item's tax (E1EDP04) and whether its price includes it.
func (j *judgement) checkLineTax(item *segment, at string, line *Line) bool {
	taxes := item.all("E1EDP04")
	if len(taxes) > 1 {
		j.refuse(at+"/E1EDP04", "an item has one tax; this one has %d", len(taxes))
		return false
	}
	ok := true
	for _, t := range taxes {
		var rated, counted bool
		line.Percent, rated = j.amount(t, at+"/E1EDP04", "MSATZ", 4)
		line.Tax, counted = j.amount(t, at+"/E1EDP04", "MWSBT", 2)
		ok = rated && counted
	}
	for _, c := range item.all("E1EDP05") {
		if kind := c.value("KSCHL"); kind != grossPrice {
			j.warn(at+"/E1EDP05", "condition type %q is not in the pricing procedure", kind)
			continue
		}
		line.Included = true
		for _, pair := range [][2]string{{"KRATE", "VPREI"}, {"UPRBS", "PEINH"}, {"MEAUN", "PMENE"}} {
			if got, want := c.value(pair[0]), item.value(pair[1]); got != want {
				j.refuse(at+"/E1EDP05", "%s is %q; %s of the item is %q", pair[0], got, pair[1], want)
				ok = false
			}
		}
		if c.value("ALCKZ") != "+" {
			j.refuse(at+"/E1EDP05", "ALCKZ of a price is %q, not +", c.value("ALCKZ"))
			ok = false
		}
	}
	return ok
}

// checkTaxes compares the taxes of the head, by rate, with those of the items: what is more must be that of the freight.
func (j *judgement) checkTaxes() {
	items, head := map[string]decimal.Decimal{}, map[string]bool{}
	for _, l := range j.order.Lines {
		if !l.Tax.IsZero() {
			items[l.Percent.String()] = items[l.Percent.String()].Add(l.Tax)
		}
	}
	rest := decimal.Zero
	for i, s := range j.idoc.all("E1EDK04") {
		at := fmt.Sprintf("E1EDK04[%d]", i+1)
		tax, ok := j.amount(s, at, "MWSBT", 2)
		if !ok {
			return
		}
		j.order.Tax = j.order.Tax.Add(tax)
		if s.value("MSATZ") == "" {
			j.warn(at, "a tax without a rate is taken as it is")
			rest = rest.Add(tax)
			continue
		}
		percent, ok := j.amount(s, at, "MSATZ", 4)
		if !ok {
			return
		}
		rate := percent.String()
		if head[rate] {
			j.refuse(at, "the rate of %s %% comes twice", rate)
		}
		head[rate] = true
		j.order.Rates = append(j.order.Rates, Rate{percent, tax})
		more := tax.Sub(items[rate])
		rest = rest.Add(more)
		if !more.IsZero() && !j.isFreightTax(more, percent) {
			j.refuse(at, "MWSBT is %s at %s %%; the items have %s, and freight of %s does not explain the rest", tax.StringFixed(2), rate,
				items[rate].StringFixed(2), j.order.Freight.StringFixed(2))
		}
	}
	for rate, tax := range items {
		if !head[rate] && len(head) > 0 {
			j.refuse("E1EDK04", "the items have %s tax of %s %%; the head has none at that rate", tax.StringFixed(2), rate)
		}
	}
	if len(items) > 0 && len(j.idoc.all("E1EDK04")) == 0 {
		j.refuse("E1EDK04", "the items have tax, the head has none")
	}
}

// isFreightTax allows a cent: that of the freight with its tax may have been rounded, not that of the freight without.
func (j *judgement) isFreightTax(tax, percent decimal.Decimal) bool {
	exact := j.order.Freight.Mul(percent).Div(hundred)
	return j.order.Freight.IsPositive() && tax.Sub(exact).Abs().LessThanOrEqual(decimal.New(1, -2))
}
