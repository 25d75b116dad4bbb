package sapsim

import (
	"fmt"
	"regexp"
	"time"

	"github.com/shopspring/decimal"
)

// judgement is the check of one order IDoc: first its form, then, if that holds, what it says.
type judgement struct {
	cfg  *Config
	know *knowledge
	root string
	idoc *segment

	order Order
	day   string // of the order, yyyymmdd
}

func (j *judgement) run() {
	j.checkControl()
	j.checkForm()
	if len(j.order.Problems) > 0 {
		j.order.Number = j.idoc.where("E1EDK02", "QUALF", "001").value("BELNR") // people look for it by that
		return
	}
	j.checkHeader()
	j.checkPartners()
	lines := j.checkLines()
	j.checkTotal(lines)
	j.checkDuplicate()
}

func (j *judgement) refuse(at, format string, args ...any) {
	j.order.Problems = append(j.order.Problems, Problem{at, fmt.Sprintf(format, args...)})
}

func (j *judgement) warn(at, format string, args ...any) {
	j.order.Warnings = append(j.order.Warnings, Problem{at, fmt.Sprintf(format, args...)})
}

// checkForm compares the IDoc with its type: SAP's syntax check.
func (j *judgement) checkForm() {
	grammar, err := parseGrammar(orders05)
	if err != nil {
		j.refuse("", "the simulator's own description of ORDERS05 is broken: %v", err)
		return
	}
	data := *j.idoc
	if len(data.below) > 0 && data.below[0].name == "EDI_DC40" {
		data.below = data.below[1:]
	}
	for _, f := range data.fields {
		j.refuse("IDOC", "there is no field %s beside the segments", f.name)
	}
	if len(data.all("E1EDK01")) != 1 {
		j.refuse("E1EDK01", "the segment must come once")
	}
	grammar.check(&data, "", j.refuse)
}

// checkDuplicate refuses what was received before: SAP has no other key than the customer's order number.
func (j *judgement) checkDuplicate() {
	if file, ok := j.know.received[j.order.Document]; ok {
		j.refuse("EDI_DC40", "document number %s came before, in %s", j.order.Document, file)
	}
	if order, ok := j.know.posted[purchase{j.order.Customer, j.order.Number}]; ok {
		j.refuse("E1EDK02", "order %s was posted before as sales order %s", j.order.Number, order)
	}
}

var plain = regexp.MustCompile(`^\d{1,15}(\.\d+)?$`)

// amount reads a number as SAP's character fields hold it: digits, at most so many of them behind a point, no sign.
func (j *judgement) amount(s *segment, at, name string, decimals int) (decimal.Decimal, bool) {
	text := s.value(name)
	if !plain.MatchString(text) {
		j.refuse(at, "%s %q is not a number such as 12.50", name, text)
		return decimal.Zero, false
	}
	d, err := decimal.NewFromString(text)
	if err != nil || !d.Equal(d.Truncate(int32(decimals))) { //#nosec G115 -- two or three
		j.refuse(at, "%s %s has more than %d decimals", name, text, decimals)
		return decimal.Zero, false
	}
	return d, true
}

// date checks a field of type DATS.
func (j *judgement) date(s *segment, at, name string) bool {
	text := s.value(name)
	if _, err := time.Parse("20060102", text); err != nil {
		j.refuse(at, "%s %q is not a date such as 20261124", name, text)
		return false
	}
	return true
}
