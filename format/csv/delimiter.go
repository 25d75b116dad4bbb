package csv

import (
	"bytes"
	"strings"
)

const (
	headSize   = 64 << 10 // bytes in which delimiter and line ends are looked for
	headRows   = 50       // rows that vote on the delimiter
	delimiters = "\t;|,"  // in the order in which they win a draw: commas stand in numbers and prose too
)

// detectNewline tells what ends lines: CR alone only where the head has no LF at all.
func detectNewline(head []byte) byte {
	if bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
		return '\r'
	}
	return '\n'
}

// detectDelimiter takes the delimiter that cuts the header and the first rows into the same number of cells. Between
// several the one with more columns wins. whole tells that head is all there is.
func detectDelimiter(head []byte, newline byte, whole bool) byte {
	best, bestScore := byte(','), 0.0
	for _, d := range []byte(delimiters) {
		if score := scoreDelimiter(head, d, newline, whole); score > bestScore {
			best, bestScore = d, score
		}
	}
	return best
}

func scoreDelimiter(head []byte, delim, newline byte, whole bool) float64 {
	t := newTokenizer(bytes.NewReader(head), delim, newline)
	t.strict = true // a delimiter that cuts through quotes is the wrong one
	if t.next() != nil {
		return 0
	}
	header, same, rows := t.row.cells, 0, 0
	columns := float64(header)
	if t.row.fault != "" {
		columns = 1 + columns/1000 // broken quotes: only if nothing else fits
	}
	for rows < headRows && t.next() == nil {
		if !whole && len(t.block) == 0 {
			break // the row is cut off by the end of the head
		}
		rows++
		if t.row.cells == header && t.row.fault == "" {
			same++
		}
	}
	share := 1.0
	if rows > 0 {
		share = float64(same) / float64(rows)
	}
	// The square lets agreement of the rows weigh more than one further column; the small sum lets the header decide
	// where no row agrees.
	return (columns - 1) * (share*share + 0.01)
}

// declaredDelimiter reads the line `sep=;` that Excel puts before the header; 0 means that there is none.
func declaredDelimiter(head []byte) byte {
	line, _, found := bytes.Cut(head, []byte("\n"))
	line = bytes.TrimRight(line, "\r")
	if !found || len(line) != 5 || !bytes.EqualFold(line[:4], []byte("sep=")) || !strings.Contains(delimiters, string(line[4:])) {
		return 0
	}
	return line[4]
}
