package channel

import "strings"

// Lengths of card numbers (ISO/IEC 7812-1).
const (
	shortestCard = 13
	longestCard  = 19
)

// hideCards takes out card numbers: 13 to 19 digits with a right check digit, be they parted in groups by single blanks,
// dashes, dots, plus signs or their percent form. The digits of a percent form itself are none of a number.
func hideCards(s string) string {
	var b strings.Builder
	kept := 0
	for at := 0; at < len(s); {
		if !digit(s[at]) {
			at += escaped(s[at:])
			continue
		}
		groups := digitGroups(s, at)
		end := groups[len(groups)-1].end
		for i := 0; i < len(groups); {
			if n := cardAt(s, groups[i:]); n > 0 {
				b.WriteString(s[kept:groups[i].start] + hiddenCard)
				kept = groups[i+n-1].end
				i += n
				continue
			}
			i++
		}
		at = end
	}
	if kept == 0 {
		return s
	}
	b.WriteString(s[kept:])
	return b.String()
}

// escaped is how long the character at the start of a text is that is no digit: 3 in its percent form (RFC 3986 section 2.1).
func escaped(s string) int {
	hex := func(c byte) bool { return digit(c) || c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f' }
	if len(s) > 2 && s[0] == '%' && hex(s[1]) && hex(s[2]) {
		return 3
	}
	return 1
}

// group is a run of digits.
type group struct{ start, end int }

// digitGroups are the runs of digits from a place on that are parted by single separators.
func digitGroups(s string, at int) (groups []group) {
	for {
		g := group{start: at, end: at}
		for g.end < len(s) && digit(s[g.end]) {
			g.end++
		}
		groups = append(groups, g)
		at = g.end + separator(s[g.end:])
		if at == g.end || at >= len(s) || !digit(s[at]) {
			return groups
		}
	}
}

func separator(s string) int {
	switch {
	case strings.HasPrefix(s, "%20"), strings.HasPrefix(s, "%2B"), strings.HasPrefix(s, "%2E"):
		return 3
	case s != "" && strings.IndexByte(" -+.", s[0]) >= 0:
		return 1
	}
	return 0
}

// cardAt is how many of the groups, from the first on, make a card number, the most of them; 0 if none do.
func cardAt(s string, groups []group) (n int) {
	var digits []byte
	for i, g := range groups {
		if len(digits)+g.end-g.start > longestCard {
			break
		}
		digits = append(digits, s[g.start:g.end]...)
		if len(digits) >= shortestCard && luhn(digits) {
			n = i + 1
		}
	}
	return n
}

// luhn tells whether the last digit checks the others (ISO/IEC 7812-1 annex B).
func luhn(digits []byte) bool {
	sum := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
