package csv

import (
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// row is the present row; its slices are overwritten by the next.
type row struct {
	line   int
	text   []byte // the kept cells, one behind the other
	ends   []int  // end of each kept cell in text
	cells  int    // number of cells, those not kept included
	extra  bool   // a cell beyond the kept ones is not empty
	over   bool   // the present cell passed a cap and is dropped
	fault  string // code of the first fault
	column int    // cell of the first fault, from 0
}

// start is where the present cell begins in text.
func (r *row) start() int {
	if n := len(r.ends); n > 0 {
		return r.ends[n-1]
	}
	return 0
}

// blank tells whether the row is only an empty line, delimiters without values, or the end mark of DOS.
func (r *row) blank() bool {
	if r.fault != "" || r.extra {
		return false
	}
	for _, b := range r.text {
		if b != ' ' && b != '\t' && b != '\r' && b != 0x1a {
			return false
		}
	}
	return true
}

// cell is the i-th kept cell.
func (r *row) cell(i int) []byte {
	if i == 0 {
		return r.text[:r.ends[0]]
	}
	return r.text[r.ends[i-1]:r.ends[i]]
}

// decode1252 turns a row from Windows-1252 into UTF-8, using spare as room for the result, and gives back the room
// that became free.
func (r *row) decode1252(spare []byte) []byte {
	if ascii(r.text) {
		return spare
	}
	out, start := spare[:0], 0
	for i, end := range r.ends {
		for _, b := range r.text[start:end] {
			out = utf8.AppendRune(out, charmap.Windows1252.DecodeByte(b))
		}
		start, r.ends[i] = end, len(out)
	}
	spare, r.text = r.text, out
	return spare
}
