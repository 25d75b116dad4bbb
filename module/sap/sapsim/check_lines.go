package sapsim

import (
	"fmt"
	"strconv"

	"github.com/shopspring/decimal"
)

// checkLines checks the items and returns the sum of their net values.
func (j *judgement) checkLines() decimal.Decimal {
	items := j.idoc.all("E1EDP01")
	if len(items) == 0 {
		j.refuse("E1EDP01", "the order has no item")
	}
	sum, last := decimal.Zero, 0
	for i, item := range items {
		at := fmt.Sprintf("E1EDP01[%d]", i+1)
		position, err := strconv.Atoi(item.value("POSEX"))
		if err != nil || position <= last {
			j.refuse(at, "POSEX %q is not a number above that of the item before, %d", item.value("POSEX"), last)
		}
		last = max(last, position)
		line := j.checkLine(item, at)
		sum = sum.Add(line.Net)
		j.order.Lines = append(j.order.Lines, line)
	}
	return sum
}

func (j *judgement) checkLine(item *segment, at string) Line {
	line := Line{Position: item.value("POSEX"), Unit: item.value("MENEE"), Per: one, Name: item.where("E1EDP19", "QUALF", "002").value("KTEXT")}
	m := j.checkMaterial(item, at, &line)
	ok := true
	read := func(into *decimal.Decimal, name string, decimals int) {
		d, fine := j.amount(item, at, name, decimals)
		*into, ok = d, ok && fine
	}
	read(&line.Quantity, "MENGE", 3)
	read(&line.Price, "VPREI", 2) // an amount of currency; smaller prices need a greater PEINH
	read(&line.Net, "NETWR", 2)
	if item.value("PEINH") != "" {
		if read(&line.Per, "PEINH", 0); ok && (!line.Per.IsPositive() || line.Per.GreaterThan(decimal.NewFromInt(99999))) {
			j.refuse(at, "PEINH %s is not from 1 to 99999", line.Per)
			ok = false
		}
	}
	if curcy := item.value("CURCY"); curcy != "" && curcy != j.order.Currency {
		j.refuse(at, "CURCY %q is another currency than the order's, %s", curcy, j.order.Currency)
	}
	if ok && !line.Quantity.IsPositive() {
		j.refuse(at, "MENGE %s is not above zero", line.Quantity)
		ok = false
	}
	ok = j.checkLineTax(item, at, &line) && ok
	if ok && m != nil {
		j.checkNet(item, at, line, m)
		j.checkSchedule(item, at, line)
	}
	return line
}

// checkMaterial finds the material by the number that the shop has from SAP, and its unit.
func (j *judgement) checkMaterial(item *segment, at string, line *Line) *material {
	line.Material = item.where("E1EDP19", "QUALF", "002").value("IDTNR")
	m := j.know.materials[line.Material]
	switch {
	case line.Material == "":
		j.refuse(at, "the material number (E1EDP19, QUALF 002) is missing")
		return nil
	case m == nil:
		j.refuse(at, "material %q is not known", line.Material)
		return nil
	case m.deleted:
		j.refuse(at, "material %s is marked for deletion", line.Material)
		return nil
	}
	for _, name := range []string{"MENEE", "PMENE"} {
		unit := item.value(name)
		if _, known := m.units[unit]; !known && (unit != "" || name == "MENEE") {
			j.refuse(at, "%s %q is not a unit of material %s", name, unit, line.Material)
			return nil
		}
	}
	if ean := item.where("E1EDP19", "QUALF", "003").value("IDTNR"); ean != "" && ean != m.ean {
		j.refuse(at, "EAN %s is not that of material %s", ean, line.Material)
	}
	return m
}

// checkNet wants NETWR = MENGE * VPREI / PEINH, less the tax where the price includes it, and compares with SAP's own
// conditions: those only warn.
func (j *judgement) checkNet(item *segment, at string, line Line, m *material) {
	priced := line.Quantity
	if unit := item.value("PMENE"); unit != "" {
		priced, _ = m.convert(line.Quantity, line.Unit, unit) // both are units of the material
	}
	value := cents(priced.Mul(line.Price).Div(line.Per))
	net, tax := line.taxed(value)
	if !line.Net.Equal(net) {
		j.refuse(at, "NETWR is %s; %s at %s for %s are %s", line.Net.StringFixed(2), priced, line.Price.StringFixed(2), line.Per, net.StringFixed(2))
	}
	if !line.Tax.Equal(tax) {
		j.refuse(at+"/E1EDP04", "MWSBT is %s; %s %% of %s are %s", line.Tax.StringFixed(2), line.Percent, value.StringFixed(2), tax.StringFixed(2))
	}
	if gross := item.where("E1EDP05", "KSCHL", grossPrice); gross != nil && gross.value("BETRG") != value.StringFixed(2) {
		j.refuse(at+"/E1EDP05", "BETRG is %q; %s at %s for %s are %s", gross.value("BETRG"), priced, line.Price.StringFixed(2), line.Per, value.StringFixed(2))
	}
	own, ok := j.know.net(j.order.Customer, line.Material, line.Quantity, line.Unit, j.order.Currency, j.day)
	switch {
	case !ok:
		j.warn(at, "SAP has no price for %s %s of material %s", line.Quantity, line.Unit, line.Material)
	case !own.Equal(value):
		j.warn(at, "NETWR is %s; SAP's own conditions give %s", value.StringFixed(2), own.StringFixed(2))
	}
}

// checkSchedule wants the schedule lines, if there are any, to add up to the quantity.
func (j *judgement) checkSchedule(item *segment, at string, line Line) {
	sum := decimal.Zero
	schedule := item.all("E1EDP20")
	for _, s := range schedule {
		quantity, ok := j.amount(s, at+"/E1EDP20", "WMENG", 3)
		if !ok {
			return
		}
		if s.value("EDATU") != "" {
			j.date(s, at+"/E1EDP20", "EDATU")
		}
		sum = sum.Add(quantity)
	}
	if len(schedule) > 0 && !sum.Equal(line.Quantity) {
		j.refuse(at, "the schedule lines add up to %s, not to %s", sum, line.Quantity)
	}
}
