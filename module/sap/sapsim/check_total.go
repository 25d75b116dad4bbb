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
			want = want.Add(amount)
		case sign == "-":
			want = want.Sub(amount)
		default:
			j.refuse(at, "ALCKZ %q is neither + nor -", sign)
		}
		if kind := s.value("KSCHL"); !freight[kind] {
			j.warn(at, "condition type %q is not in the pricing procedure", kind)
		}
	}
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
	for _, name := range []string{"SUNIT", "WAERQ"} {
		if unit := sum.value(name); unit != "" && unit != j.order.Currency {
			j.refuse("E1EDS01", "%s %q is another currency than the order's, %s", name, unit, j.order.Currency)
		}
	}
	if count := j.idoc.where("E1EDS01", "SUMID", "001"); count != nil && count.value("SUMME") != strconv.Itoa(len(j.order.Lines)) {
		j.refuse("E1EDS01", "SUMME of SUMID 001 is %q; the order has %d items", count.value("SUMME"), len(j.order.Lines))
	}
}
