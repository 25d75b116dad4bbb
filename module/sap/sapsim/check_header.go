package sapsim

import (
	"fmt"
	"regexp"
)

var (
	currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)
	countryCode  = regexp.MustCompile(`^[A-Z]{2}$`)
)

// checkHeader checks currency, sales area, dates and the shop's order number.
func (j *judgement) checkHeader() {
	j.order.Currency = j.idoc.first("E1EDK01").value("CURCY")
	if !currencyCode.MatchString(j.order.Currency) {
		j.refuse("E1EDK01", "CURCY %q is not a currency", j.order.Currency)
	}
	for _, area := range []struct{ qualifier, name, want string }{
		{"008", "sales organization", j.cfg.SalesOrganization}, {"007", "distribution channel", j.cfg.DistributionChannel},
		{"006", "division", j.cfg.Division},
	} {
		if got := j.idoc.where("E1EDK14", "QUALF", area.qualifier).value("ORGID"); got != area.want {
			j.refuse("E1EDK14", "%s (QUALF %s) is %q; orders are taken in %q", area.name, area.qualifier, got, area.want)
		}
	}
	j.order.PONumber = j.idoc.where("E1EDK02", "QUALF", "044").value("BELNR")
	j.order.Payment = j.idoc.where("E1EDKT1", "TDID", "0002").first("E1EDKT2").value("TDLINE")
	j.order.Terms = j.idoc.first("E1EDK01").value("ZTERM")
	j.checkDates()
	number := j.idoc.where("E1EDK02", "QUALF", "001").value("BELNR")
	if j.order.Number = number; number == "" {
		j.refuse("E1EDK02", "the order number (QUALF 001) is missing")
	}
	if belnr := j.idoc.first("E1EDK01").value("BELNR"); belnr != "" && belnr != number {
		j.refuse("E1EDK01", "BELNR %q is another order number than that of E1EDK02, %q", belnr, number)
	}
}

func (j *judgement) checkDates() {
	for i, s := range j.idoc.all("E1EDK03") {
		j.date(s, fmt.Sprintf("E1EDK03[%d]", i+1), "DATUM")
	}
	j.day = j.idoc.where("E1EDK03", "IDDAT", "012").value("DATUM")
	if j.day == "" {
		j.refuse("E1EDK03", "the date of the order (IDDAT 012) is missing")
	}
	wanted := j.idoc.where("E1EDK03", "IDDAT", "002").value("DATUM")
	if j.order.Wanted = wanted; wanted != "" && wanted < j.day {
		j.refuse("E1EDK03", "the wanted delivery %s (IDDAT 002) lies before the order, %s", wanted, j.day)
	}
}

// checkPartners checks sold-to and ship-to party, and the others if they are named.
func (j *judgement) checkPartners() {
	count := map[string]int{}
	for i, p := range j.idoc.all("E1EDKA1") {
		at, role := fmt.Sprintf("E1EDKA1[%d]", i+1), p.value("PARVW")
		count[role]++
		number := p.value("PARTN")
		switch role {
		case "AG":
			j.order.Customer = number
		case "SP":
			j.order.Carrier = Carrier{number, p.value("NAME1"), p.value("NAME2")}
		}
		switch c := j.know.customers[number]; {
		case role == "LF":
		case role == "SP":
			if number == "" && p.value("NAME1") == "" {
				j.refuse(at, "the forwarding agent (SP) has neither a number nor a name")
			}
		case c == nil && (number != "" || role == "AG"):
			j.refuse(at, "customer %q (%s) is not known", number, role)
		case c == nil:
			j.checkAddress(p, at)
		case c.deleted:
			j.refuse(at, "customer %s (%s) is marked for deletion", number, role)
		case c.blocked:
			j.refuse(at, "customer %s (%s) is blocked for orders", number, role)
		}
	}
	for role, name := range map[string]string{"AG": "sold-to party", "WE": "ship-to party"} {
		if count[role] != 1 {
			j.refuse("E1EDKA1", "the %s (%s) must come once and comes %d times", name, role, count[role])
		}
	}
}

// checkAddress wants a whole address where there is no customer number.
func (j *judgement) checkAddress(p *segment, at string) {
	for _, name := range []string{"NAME1", "STRAS", "ORT01"} {
		if p.value(name) == "" {
			j.refuse(at, "neither a customer number nor %s is given", name)
		}
	}
	if !countryCode.MatchString(p.value("LAND1")) {
		j.refuse(at, "LAND1 %q is not a country", p.value("LAND1"))
	}
}
