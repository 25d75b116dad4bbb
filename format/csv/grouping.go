package csv

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// ungroup takes the separators out of the whole part of a number. They must be of one kind and stand every three
// digits; what follows must not begin with 0, for "0,500" with a decimal point is far more likely a half than 500.
func ungroup(whole string, mark byte) (digits, reason string) {
	i := 0
	for i < len(whole) && '0' <= whole[i] && whole[i] <= '9' {
		i++
	}
	if i == len(whole) {
		return whole, ""
	}
	size := separatorLen(whole[i:], mark)
	if size == 0 {
		return "", unexpected(whole[i:], mark)
	}
	separator := whole[i : i+size]
	groups := strings.Split(whole, separator)
	for n, group := range groups {
		if reason := digitsOnly(group, mark); reason != "" {
			return "", reason
		}
		if n > 0 && len(group) != 3 || n == 0 && (group == "" || len(group) > 3) {
			return "", fmt.Sprintf("%q does not separate groups of three digits, and the column's decimal mark is %q",
				separator, mark)
		}
	}
	if groups[0][0] == '0' {
		return "", fmt.Sprintf("a group behind a leading zero; the column's decimal mark is %q, not %q", mark, separator)
	}
	return strings.Join(groups, ""), ""
}

func digitsOnly(text string, mark byte) (reason string) {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return unexpected(text[i:], mark)
		}
	}
	return ""
}

// unexpected says what the text, which should begin with a digit, begins with instead.
func unexpected(text string, mark byte) string {
	r, _ := utf8.DecodeRuneInString(text)
	switch {
	case r == rune(mark):
		return fmt.Sprintf("the decimal mark %q stands twice", mark)
	case r == '.' || r == ',' || spaceLen(text) > 0:
		return fmt.Sprintf("%q stands where only digits may, and the column's decimal mark is %q", r, mark)
	case r == 'e' || r == 'E':
		return "scientific notation has lost digits; format the column as a number and export it again"
	case r == '%':
		return "a percent sign; send the number alone"
	case strings.ContainsRune("€$£¥", r):
		return "a currency sign; send the number alone and the currency in a column of its own"
	}
	return fmt.Sprintf("%q is no part of a number", r)
}

// separatorLen is the length of the separator of groups that text begins with; 0 means none.
func separatorLen(text string, mark byte) int {
	if c := text[0]; (c == '.' || c == ',') && c != mark {
		return 1
	}
	return spaceLen(text)
}

// trimSpaces cuts white space, no-break spaces too, from both ends.
func trimSpaces(cell string) string {
	if cell == "" || cell[0] > ' ' && cell[0] < 0x80 && cell[len(cell)-1] > ' ' && cell[len(cell)-1] < 0x80 {
		return cell
	}
	return strings.TrimSpace(cell) // U+00A0, U+2009 and U+202F are spaces of Unicode
}
