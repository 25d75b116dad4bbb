package billing

import (
	"fmt"
	"io"

	"github.com/johnfercher/maroto/v2"
	"github.com/johnfercher/maroto/v2/pkg/components/page"
	"github.com/johnfercher/maroto/v2/pkg/config"
	"github.com/johnfercher/maroto/v2/pkg/consts/fontstyle"
	"github.com/johnfercher/maroto/v2/pkg/core"
	"github.com/johnfercher/maroto/v2/pkg/props"
	"github.com/johnfercher/maroto/v2/pkg/repository"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// Sizes of a page of A4, in millimetres.
const (
	margin    = 15.0
	height    = 297.0 - 2*margin - 1 // sums of steps are not exact
	lineStep  = 4.6                  // one line of text
	headLine  = 8.0
	footLine  = 6.0
	sumLine   = 6.0
	textSize  = 9.0
	smallSize = 8.0
	// nameWidth is how many letters of an item's name fit on one line, wide ones too; a name takes nameLines at most.
	nameWidth = 38
	nameLines = 3
)

// family has letters of all European alphabets, which the fonts of PDF itself do not.
const family = "go"

// WritePDF prints the invoice in a language. It is laid out page by page: each has the number of the invoice, the heads of the
// columns and its own number.
func (p *Paper) WritePDF(w io.Writer, language string) error {
	fonts, err := repository.New().AddUTF8FontFromBytes(family, fontstyle.Normal, goregular.TTF).
		AddUTF8FontFromBytes(family, fontstyle.Bold, gobold.TTF).Load()
	if err != nil {
		return fmt.Errorf("loading the font for invoice %s: %w", p.Number, err)
	}
	words := wordsOf(language)
	m := maroto.New(config.NewBuilder().WithLeftMargin(margin).WithRightMargin(margin).WithTopMargin(margin).WithBottomMargin(margin).
		WithCustomFonts(fonts).WithDefaultFont(&props.Font{Family: family, Size: textSize}).WithMaxGridSize(grid).
		WithTitle(words.invoice+" "+p.Number, true).WithAuthor(p.Seller, true).WithCreationDate(p.InvoicedOn).WithCompression(true).
		Build())
	sheets := p.sheets(words)
	for i, s := range sheets {
		m.AddPages(p.lay(words, s, i+1, len(sheets)))
	}
	document, err := m.Generate()
	if err != nil {
		return fmt.Errorf("printing invoice %s: %w", p.Number, err)
	}
	_, err = w.Write(document.GetBytes())
	return err
}

// sheet is what one page holds.
type sheet struct {
	lines       []*PaperLine
	first, last bool
	left        float64 // height that stays empty
}

// sheets shares the items out over pages: the first has the address, the last the sums, if need be alone.
func (p *Paper) sheets(w words) []sheet {
	sums := p.sumsHeight()
	room := height - headLine - footLine - lineStep
	s := sheet{first: true, left: room - p.openingHeight(w)}
	var all []sheet
	for i := range p.Lines {
		l := &p.Lines[i]
		if need := l.height(); need > s.left {
			all = append(all, s)
			s = sheet{left: room}
		}
		s.lines, s.left = append(s.lines, l), s.left-l.height()
	}
	if sums > s.left {
		all = append(all, s)
		s = sheet{left: room}
	}
	s.last, s.left = true, s.left-sums
	return append(all, s)
}

// lay makes the rows of a page.
func (p *Paper) lay(w words, s sheet, number, of int) core.Page {
	rows := []core.Row{p.headRow(w, number, of)}
	if s.first {
		rows = append(rows, p.openingRows(w)...)
	}
	if len(s.lines) > 0 {
		rows = append(rows, p.columnsRow(w))
	}
	for _, l := range s.lines {
		rows = append(rows, p.lineRow(w, l))
	}
	if s.last {
		rows = append(rows, p.sumRows(w)...)
	} else {
		rows = append(rows, noteRow(w.carried))
	}
	return page.New().Add(rows...)
}
