package csv

import "strings"

// maxDigits is the length of the longest number that is read.
const maxDigits = 100

// figure is what a cell looks like when it is read as a number, before it is known which of its marks is decimal.
type figure struct {
	points, commas int
	last           byte // the last of the marks
	spaced         bool // grouped by spaces or apostrophes
	groups         int  // separators of any kind
	lead           int  // digits before the first separator
	zero           bool // the first digit is 0
	tail           int  // digits behind the last separator
	ragged         bool // between two separators there are not exactly three digits
}

// measure looks at a cell. The result false means that the cell cannot be a number.
func measure(cell []byte) (f figure, numeric bool) {
	i, n := 0, len(cell)
	for n > 0 && (cell[n-1] == ' ' || cell[n-1] == '-') {
		n--
	}
	for i < n && (cell[i] == ' ' || cell[i] == '-' || cell[i] == '+') {
		i++
	}
	if i == n || cell[i] > '9' {
		return f, false
	}
	digits, first := 0, i
	for i < n {
		c := cell[i]
		if '0' <= c && c <= '9' {
			f.zero = f.zero || i == first && c == '0'
			digits++
			i++
			continue
		}
		size := 1
		switch c {
		case '.':
			f.points++
			f.last = c
		case ',':
			f.commas++
			f.last = c
		default:
			if size = spaceLen(cell[i:n]); size == 0 {
				return f, false
			}
			f.spaced = true
		}
		if f.groups == 0 {
			f.lead = digits
		} else if digits != 3 {
			f.ragged = true
		}
		f.groups++
		digits = 0
		i += size
	}
	f.tail = digits
	return f, f.lead+f.tail > 0 || f.groups > 1
}

// spaceLen is the length of the space or apostrophe that text begins with, by which people group digits; 0 means none.
// It knows their bytes in UTF-8 and in Windows-1252 (NBSP 0xA0, ’ 0x92), which are no beginning of a UTF-8 character.
func spaceLen[T string | []byte](text T) int {
	switch c := text[0]; {
	case c == ' ' || c == '\'' || c == 0xa0 || c == 0x92:
		return 1
	case c == 0xc2 && len(text) > 1 && text[1] == 0xa0: // no-break space
		return 2
	case c == 0xe2 && len(text) > 2 && text[1] == 0x80 && (text[2] == 0xaf || text[2] == 0x89 || text[2] == 0x99):
		return 3 // narrow no-break space, thin space, ’
	}
	return 0
}

// decimalMark tells which mark must be the decimal one if the cell is a number; 0 means that it proves nothing.
func (f figure) decimalMark() byte {
	other := byte(',')
	if f.last == ',' {
		other = '.'
	}
	last, rest := f.points, f.commas
	if f.last == ',' {
		last, rest = rest, last
	}
	switch {
	case f.last == 0 || f.ragged:
		return 0
	case rest > 0 || f.spaced: // two kinds of separators: the last is decimal, if it stands once
		if last == 1 {
			return f.last
		}
		return 0
	case last > 1: // only groups repeat, and all of them have three digits
		if f.tail == 3 && f.lead >= 1 && f.lead <= 3 {
			return other
		}
		return 0
	case f.tail != 3 || f.lead == 0 || f.lead > 3 || f.zero: // no group looks like that
		return f.last
	}
	return 0
}

// canonical reads a number with the given decimal mark and writes it with a point, no grouping, a leading digit and
// no needless zeros in front. Decimals stay as sent, 12.50 is not 12.5. The second result is the reason of a refusal.
func canonical(cell string, mark byte) (number, reason string) {
	text, negative, reason := sign(trimSpaces(cell))
	if reason != "" {
		return "", reason
	}
	whole, fraction, _ := strings.Cut(text, string(mark))
	if reason := digitsOnly(fraction, mark); reason != "" {
		return "", reason
	}
	whole, reason = ungroup(whole, mark)
	switch {
	case reason != "":
		return "", reason
	case whole == "" && fraction == "":
		return "", "it has no digits"
	case len(whole)+len(fraction) > maxDigits:
		return "", "it has more than 100 digits"
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	if negative && whole == "0" && strings.Trim(fraction, "0") == "" {
		negative = false
	}
	return join(cell, negative, whole, fraction), ""
}

// join puts a number together; mostly that is the cell as it was sent, and costs nothing.
func join(cell string, negative bool, whole, fraction string) string {
	if !negative {
		if fraction == "" {
			return whole
		}
		if n := len(whole); len(cell) == n+1+len(fraction) && cell[:n] == whole && cell[n] == '.' {
			return cell
		}
	}
	var b strings.Builder
	b.Grow(len(whole) + len(fraction) + 2)
	if negative {
		b.WriteByte('-')
	}
	b.WriteString(whole)
	if fraction != "" {
		b.WriteByte('.')
		b.WriteString(fraction)
	}
	return b.String()
}

// sign takes a sign from the front, or a minus from the end, where SAP writes it.
func sign(text string) (rest string, negative bool, reason string) {
	if text == "" {
		return "", false, "it is empty"
	}
	switch {
	case text[0] == '-':
		return trimSpaces(text[1:]), true, ""
	case text[0] == '+':
		return trimSpaces(text[1:]), false, ""
	case text[len(text)-1] == '-':
		return trimSpaces(text[:len(text)-1]), true, ""
	}
	return text, false, ""
}
