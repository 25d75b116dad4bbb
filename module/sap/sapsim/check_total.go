package sapsim

import (
	"fmt"
	"strconv"

	"github.com/shopspring/decimal"
)

// freight are the condition types of the header that SAP's pricing procedure knows.
var freight = map[string]bool{"HD00": true, "KF00": true}

// checkTotal wants the total to be the items and the conditions of the header.
func (j *judgement) checkTotal(lines decimal.Decimal) {
	want := lines
	for i, s := range j.idoc.all("E1EDK05") {
		at := fmt.Sprintf("E1EDK05[%d]", i+1)
		amount, ok := j.amount(s, at, "BETRG", 2)
		switch sign := s.value("ALCKZ"); {
		case !ok:
		case sign == "+":
			want, j.order.Freight = want.Add(amount), j.order.Freight.Add(amount)
		case sign == "-":
			want, j.order.Discount = want.Sub(amount), j.order.Discount.Add(amount)
		default:
			j.refuse(at, "ALCKZ %q is neither + nor -", sign)
		}
		if kind := s.value("KSCHL"); !freight[kind] {
			j.warn(at, "condition type %q is not in the pricing procedure", kind)
		}
	}
	j.checkTaxes()
	sum := j.idoc.where("E1EDS01", "SUMID", "002")
	if sum == nil {
		j.refuse("E1EDS01", "the total (SUMID 002) is missing")
		return
	}
	total, ok := j.amount(sum, "E1EDS01", "SUMME", 2)
	j.order.Total = total
	if ok && len(j.order.Problems) == 0 && !total.Equal(want) {
		j.refuse("E1EDS01", "SUMME is %s; items and conditions add up to %s", total.StringFixed(2), want.StringFixed(2))
	}
	j.order.Gross = total.Add(j.order.Tax)
	j.checkSum("003", "gross value", j.order.Gross)
	j.checkSum("005", "tax", j.order.Tax)
	for _, name := range []string{"SUNIT", "WAERQ"} {
		if unit := sum.value(name); unit != "" && unit != j.order.Currency {
			j.refuse("E1EDS01", "%s %q is another currency than the order's, %s", name, unit, j.order.Currency)
		}
	}
	if count := j.idoc.where("E1EDS01", "SUMID", "001"); count != nil && count.value("SUMME") != strconv.Itoa(len(j.order.Lines)) {
		j.refuse("E1EDS01", "SUMME of SUMID 001 is %q; the order has %d items", count.value("SUMME"), len(j.order.Lines))
	}
}

// checkSum compares a sum, which must be there if the order has tax by rate.
func (j *judgement) checkSum(id, name string, want decimal.Decimal) {
	sum := j.idoc.where("E1EDS01", "SUMID", id)
	if sum == nil {
		if len(j.order.Rates) > 0 {
			j.refuse("E1EDS01", "the %s (SUMID %s) of an order with tax is missing", name, id)
		}
		return
	}
	if got, ok := j.amount(sum, "E1EDS01", "SUMME", 2); ok && len(j.order.Problems) == 0 && !got.Equal(want) {
		j.refuse("E1EDS01", "SUMME of SUMID %s is %s; the %s comes to %s", id, got.StringFixed(2), name, want.StringFixed(2))
	}
}
