package csv

import (
	"bytes"
	"fmt"
	"io"
)

// Caps on what one file may make the reader hold in memory.
const (
	MaxField   = 1 << 20  // bytes of one cell
	MaxRow     = 16 << 20 // bytes of all cells of one row
	MaxColumns = 16384    // cells of a header

	blockSize = 128 << 10
)

// tokenizer cuts bytes into rows. It works on any encoding that keeps ASCII as it is, so that the pass which finds
// out the encoding and the pass which uses it share it. The row's cells are copied into one buffer: that costs little,
// lets every state live across blocks, and makes the caps exact.
type tokenizer struct {
	src     io.Reader
	inspect func(block []byte, line int) error // called with every block before it is cut up; may be nil
	delim   byte
	newline byte // '\n', or '\r' for files that have nothing else
	stop    [256]bool
	columns int  // cells kept of a row; further ones are only counted
	strict  bool // a quote within a plain cell is a fault

	storage []byte
	block   []byte // what is left of the present block
	line    int    // physical line of block[0]
	err     error  // what ended the source; io.EOF too

	row row
}

func newTokenizer(src io.Reader, delim, newline byte) *tokenizer {
	t := &tokenizer{src: src, delim: delim, newline: newline, columns: MaxColumns, line: 1}
	t.storage = make([]byte, blockSize)
	t.stop[delim], t.stop['\n'], t.stop[newline] = true, true, true
	return t
}

// next reads a row that is not blank into t.row. The end is io.EOF.
func (t *tokenizer) next() error {
	for {
		t.row = row{line: t.line, text: t.row.text[:0], ends: t.row.ends[:0]}
		if len(t.block) == 0 && !t.fill() {
			return t.err
		}
		for t.cell() {
		}
		if t.err != nil && t.err != io.EOF {
			return t.err
		}
		if !t.row.blank() {
			return nil
		}
	}
}

// cell reads one cell and tells whether the row goes on.
func (t *tokenizer) cell() bool {
	if len(t.block) == 0 && !t.fill() {
		t.end()
		return false
	}
	if t.block[0] == '"' {
		return t.quotedCell()
	}
	return t.plainCell()
}

func (t *tokenizer) plainCell() bool {
	for {
		i := 0
		for i < len(t.block) && !t.stop[t.block[i]] {
			i++
		}
		t.keep(t.block[:i])
		if t.strict && bytes.IndexByte(t.block[:i], '"') >= 0 {
			t.fault(CodeQuoteBroken)
		}
		if i < len(t.block) {
			return t.delimiter(i, true)
		}
		t.block = nil
		if !t.fill() {
			t.trimReturns()
			t.end()
			return false
		}
	}
}

func (t *tokenizer) quotedCell() bool {
	opened := t.line
	t.block = t.block[1:]
	for {
		i := bytes.IndexByte(t.block, '"')
		if i < 0 {
			t.keepLines(t.block)
			t.block = nil
			if !t.fill() {
				t.cutOff(opened)
				return false
			}
			continue
		}
		t.keepLines(t.block[:i])
		t.block = t.block[i+1:]
		if len(t.block) == 0 && !t.fill() {
			t.end()
			return false
		}
		if t.block[0] != '"' {
			return t.behindQuote()
		}
		t.keep(t.block[:1]) // a doubled quote is one quote
		t.block = t.block[1:]
	}
}

// behindQuote passes what stands between a closing quote and the next delimiter; anything but spaces is a fault.
func (t *tokenizer) behindQuote() bool {
	for {
		for i, b := range t.block {
			switch {
			case t.stop[b]:
				return t.delimiter(i, false)
			case b != ' ' && b != '\r':
				t.fault(CodeQuoteBroken)
			}
		}
		t.block = nil
		if !t.fill() {
			t.end()
			return false
		}
	}
}

// delimiter ends a cell at block[i] and tells whether the row goes on.
func (t *tokenizer) delimiter(i int, plain bool) bool {
	b := t.block[i]
	t.block = t.block[i+1:]
	if b != t.delim {
		t.line++
		if plain {
			t.trimReturns()
		}
	}
	t.end()
	return b == t.delim
}

// trimReturns takes the CR of a CRLF from the end of a cell, and those of CRCRLF too.
func (t *tokenizer) trimReturns() {
	start := t.row.start()
	for n := len(t.row.text); n > start && t.row.text[n-1] == '\r'; n-- {
		t.row.text = t.row.text[:n-1]
	}
}

func (t *tokenizer) keepLines(span []byte) {
	t.line += bytes.Count(span, []byte{t.newline})
	t.keep(span)
}

// keep adds a piece to the present cell, or drops the whole cell where it passes a cap.
func (t *tokenizer) keep(span []byte) {
	r := &t.row
	start := r.start()
	switch {
	case r.over || len(span) == 0:
	case r.cells >= t.columns:
		r.extra = r.extra || len(span) > 1 || span[0] != '\r'
	case len(r.text)-start+len(span) > MaxField:
		r.over, r.text = true, r.text[:start]
		t.fault(CodeFieldTooLarge)
	case len(r.text)+len(span) > MaxRow:
		r.over, r.text = true, r.text[:start]
		t.fault(CodeRowTooLarge)
	default:
		r.text = append(r.text, span...)
	}
}

func (t *tokenizer) fault(code string) {
	if t.row.fault == "" {
		t.row.fault, t.row.column = code, t.row.cells
	}
}

// end closes the present cell.
func (t *tokenizer) end() {
	if t.row.cells < t.columns {
		t.row.ends = append(t.row.ends, len(t.row.text))
	}
	t.row.cells++
	t.row.over = false
}

func (t *tokenizer) cutOff(opened int) {
	if t.err == io.EOF {
		t.err = &Error{CodeFileCutOff, opened, fmt.Sprintf(
			"the file ends inside the quotes opened at line %d; send it again in full, or double the quotes inside cells",
			opened)}
	}
}

// fill reads the next block; false means that t.err says why there is none.
func (t *tokenizer) fill() bool {
	if t.err != nil {
		return false
	}
	var n int
	for n == 0 && t.err == nil {
		n, t.err = t.src.Read(t.storage)
	}
	t.block = t.storage[:n]
	if n > 0 && t.inspect != nil {
		if err := t.inspect(t.block, t.line); err != nil {
			t.block, t.err = nil, err
			return false
		}
	}
	if n == 0 {
		return false
	}
	if t.err != nil && t.err != io.EOF {
		t.block = nil
		return false
	}
	return true
}
