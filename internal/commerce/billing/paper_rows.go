package billing

import (
	"fmt"
	"slices"
	"strings"

	"github.com/johnfercher/maroto/v2/pkg/components/col"
	"github.com/johnfercher/maroto/v2/pkg/components/row"
	"github.com/johnfercher/maroto/v2/pkg/components/text"
	"github.com/johnfercher/maroto/v2/pkg/consts/align"
	"github.com/johnfercher/maroto/v2/pkg/consts/border"
	"github.com/johnfercher/maroto/v2/pkg/consts/fontstyle"
	"github.com/johnfercher/maroto/v2/pkg/core"
	"github.com/johnfercher/maroto/v2/pkg/props"
)

// grid is how many columns a page is divided into.
const grid = 36

var (
	plain = props.Text{Size: textSize}
	right = props.Text{Size: textSize, Align: align.Right}
	small = props.Text{Size: smallSize, Align: align.Right}
	dense = props.Text{Size: 7, Top: 0.6} // a SKU of 18 digits has room
	bold  = props.Text{Size: textSize, Style: fontstyle.Bold}
	large = props.Text{Size: 15, Style: fontstyle.Bold}
)

func boldRight() props.Text {
	t := right
	t.Style = fontstyle.Bold
	return t
}

// headRow is the first of each page.
func (p *Paper) headRow(w words, number, of int) core.Row {
	return row.New(headLine).Add(text.NewCol(16, p.Seller, bold), text.NewCol(12, w.invoice+" "+p.Number, plain),
		text.NewCol(8, fmt.Sprintf(w.page, number, of), small)).WithStyle(&props.Cell{BorderType: border.Bottom, BorderThickness: 0.2})
}

// opening is the address with what is to be said of the invoice beside it.
func (p *Paper) opening(w words) (left []string, beside [][2]string) {
	left = p.Address
	if len(left) == 0 || left[0] != p.Customer {
		left = append([]string{p.Customer}, left...)
	}
	if p.Country != "" {
		left = append(slices.Clip(left), w.country(p.Country))
	}
	beside = [][2]string{{w.date, w.day(p.InvoicedOn)}}
	add := func(name, value string) {
		if value != "" {
			beside = append(beside, [2]string{name, value})
		}
	}
	if p.DueOn != nil {
		add(w.due, w.day(*p.DueOn))
	}
	add(w.order, p.Order)
	add(w.poNumber, p.PONumber)
	add(w.customer, p.CustomerNumber)
	add(w.taxNumber, p.TaxNumber)
	return left, beside
}

const (
	openingGap = 10.0
	titleLine  = 12.0
)

func (p *Paper) openingHeight(w words) float64 {
	left, beside := p.opening(w)
	return openingGap + titleLine + lineStep*float64(max(len(left), len(beside))+1)
}

func (p *Paper) openingRows(w words) []core.Row {
	left, beside := p.opening(w)
	rows := []core.Row{row.New(openingGap)}
	for i := range max(len(left), len(beside)) {
		r := row.New(lineStep)
		if i < len(left) {
			r.Add(text.NewCol(20, cut(left[i], 60), plain))
		} else {
			r.Add(col.New(20))
		}
		if i < len(beside) {
			r.Add(text.NewCol(7, beside[i][0], plain), text.NewCol(9, cut(beside[i][1], 26), right))
		}
		rows = append(rows, r)
	}
	return append(rows, row.New(lineStep), row.New(titleLine).Add(text.NewCol(grid, w.invoice+" "+p.Number, large)))
}

// columnsRow has the heads of the columns.
func (p *Paper) columnsRow(w words) core.Row {
	return row.New(lineStep).Add(text.NewCol(6, "SKU", bold), text.NewCol(14, w.item, bold), text.NewCol(5, w.quantity, boldRight()),
		text.NewCol(3, w.rate, boldRight()), text.NewCol(4, w.tax, boldRight()), text.NewCol(4, w.net+" "+p.Currency, boldRight())).
		WithStyle(&props.Cell{BorderType: border.Bottom, BorderThickness: 0.2})
}

// lineRow is one item.
func (p *Paper) lineRow(w words, l *PaperLine) core.Row {
	quantity, percent := "", ""
	if l.Quantity.Valid {
		quantity = strings.TrimSpace(w.number(l.Quantity.Decimal) + " " + l.Unit)
	}
	if l.TaxPercent.Valid {
		percent = w.percent(l.TaxPercent.Decimal)
	}
	name := col.New(14)
	for i, part := range l.nameParts() {
		t := plain
		t.Top = lineStep * float64(i)
		name.Add(text.New(part, t))
	}
	return row.New(l.height()).Add(text.NewCol(6, cut(l.SKU, 20), dense), name, text.NewCol(5, quantity, right), text.NewCol(3, percent, right),
		text.NewCol(4, w.sum(l.Tax, p.Currency), right), text.NewCol(4, w.sum(l.Net, p.Currency), right))
}

func (l *PaperLine) height() float64 { return lineStep * float64(len(l.nameParts())) }

// nameParts breaks a name into lines, between words where it can.
func (l *PaperLine) nameParts() (parts []string) {
	rest := []rune(strings.Join(strings.Fields(l.Name), " "))
	for len(rest) > nameWidth {
		at := nameWidth
		for at > nameWidth/2 && rest[at] != ' ' {
			at--
		}
		if rest[at] != ' ' {
			at = nameWidth
		}
		if len(parts) == nameLines-1 {
			return append(parts, cut(string(rest), nameWidth))
		}
		parts = append(parts, string(rest[:at]))
		rest = []rune(strings.TrimSpace(string(rest[at:])))
	}
	return append(parts, string(rest))
}

// sums are the names and amounts below the items.
func (p *Paper) sums(w words) (all [][2]string) {
	all = append(all, [2]string{w.netTotal, w.sum(p.Net, p.Currency)})
	rates := p.rates()
	for _, r := range rates {
		all = append(all, [2]string{w.taxAt + " " + w.percent(r.percent), w.sum(r.tax, p.Currency)})
	}
	if len(rates) == 0 {
		all = append(all, [2]string{w.taxTotal, w.sum(p.Tax, p.Currency)})
	}
	return append(all, [2]string{w.total + " " + p.Currency, w.sum(p.Total, p.Currency)})
}

func (p *Paper) sumsHeight() float64 { return lineStep + sumLine*float64(len(p.sums(words{}))) }

func (p *Paper) sumRows(w words) []core.Row {
	rows := []core.Row{row.New(lineStep)}
	all := p.sums(w)
	for i, s := range all {
		name, amount := plain, right
		if i == len(all)-1 {
			name, amount = bold, boldRight()
		}
		rows = append(rows, row.New(sumLine).Add(col.New(20), text.NewCol(9, s[0], name), text.NewCol(7, s[1], amount)))
	}
	return rows
}

// noteRow stands at the end of a page that is not the last.
func noteRow(note string) core.Row { return row.New(footLine).Add(text.NewCol(grid, note, small)) }

// cut shortens a text that has no room.
func cut(s string, letters int) string {
	if r := []rune(s); len(r) > letters {
		return string(r[:letters-1]) + "…"
	}
	return s
}
