package csv

import (
	"bytes"
	"io"
)

// profile is what the scanning pass finds out about a whole file.
type profile struct {
	encoding  string
	delimiter byte
	newline   byte
	declared  bool // the first line is `sep=;`
	header    []string
	marks     []byte // decimal mark by column; 0 means undecided
	records   int
}

// scan reads a file once from its beginning to its end. Its memory does not grow with the file.
func scan(r io.Reader, o Options) (*profile, error) {
	text, declared, err := openText(r)
	if err != nil {
		return nil, err
	}
	head := make([]byte, headSize)
	n, err := io.ReadFull(text, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	p := &profile{}
	p.detect(head[:n], n < headSize, o)
	c := &census{declared: declared}
	t := p.tokenizer(io.MultiReader(bytes.NewReader(head[:n]), text))
	t.inspect = c.count
	first, err := p.firstRow(t)
	if err == nil {
		err = p.scanRecords(t)
	}
	if err != nil && err != io.EOF {
		return nil, err
	}
	if p.encoding, err = c.encoding(t.line); err != nil {
		return nil, err
	}
	if first == nil {
		return p, nil
	}
	p.header, err = readHeader(first, p.encoding)
	return p, err
}

func (p *profile) detect(head []byte, whole bool, o Options) {
	p.newline = detectNewline(head)
	p.delimiter = declaredDelimiter(head)
	p.declared = p.delimiter != 0
	if o.Delimiter != 0 {
		p.delimiter = o.Delimiter
	}
	if p.delimiter == 0 {
		p.delimiter = detectDelimiter(head, p.newline, whole)
	}
}

// tokenizer cuts text as this profile says.
func (p *profile) tokenizer(text io.Reader) *tokenizer {
	return newTokenizer(text, p.delimiter, p.newline)
}

// firstRow reads the header's row, of which it gives a copy; io.EOF where the file has none.
func (p *profile) firstRow(t *tokenizer) (*row, error) {
	if p.declared {
		if err := t.next(); err != nil {
			return nil, err
		}
	}
	if err := t.next(); err != nil {
		return nil, err
	}
	first := t.row
	first.text, first.ends = bytes.Clone(t.row.text), append([]int(nil), t.row.ends...)
	t.columns = first.cells
	return &first, nil
}

// scanRecords counts the records behind the header and lets their numbers vote on each column's decimal mark.
func (p *profile) scanRecords(t *tokenizer) error {
	votes := make([]vote, t.columns)
	for {
		if err := t.next(); err != nil {
			p.marks = decide(votes)
			return err
		}
		p.records++
		for i := range t.row.ends {
			figure, numeric := measure(t.row.cell(i))
			if !numeric {
				continue
			}
			switch figure.decimalMark() {
			case '.':
				votes[i].point++
			case ',':
				votes[i].comma++
			}
		}
	}
}

// vote counts the cells of a column that prove either decimal mark.
type vote struct{ point, comma int }

func decide(votes []vote) []byte {
	marks := make([]byte, len(votes))
	for i, v := range votes {
		switch {
		case v.point > v.comma:
			marks[i] = '.'
		case v.comma > v.point:
			marks[i] = ','
		}
	}
	return marks
}
