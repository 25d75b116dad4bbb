package channel

import "strings"

// Lengths of card numbers (ISO/IEC 7812-1).
const (
	shortestCard = 13
	longestCard  = 19
)

// hideCards takes out card numbers: 13 to 19 digits with a right check digit, be they parted in groups by a sign that people
// write within a number, or grouped as on a card by others. The digits of an escape itself are none of a number.
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

// escaped is how long the character at the start of a text is that is no digit: 3 in its percent form (RFC 3986 section 2.1),
// 6 in that of JSON (RFC 8259 section 7).
func escaped(s string) int {
	hex := func(c byte) bool { return digit(c) || c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f' }
	if len(s) > 2 && s[0] == '%' && hex(s[1]) && hex(s[2]) {
		return 3
	}
	if len(s) > 5 && s[0] == '\\' && s[1] == 'u' && hex(s[2]) && hex(s[3]) && hex(s[4]) && hex(s[5]) {
		return 6
	}
	return 1
}

// group is a run of digits; loose if what parts it from the one before parts numbers of their own as a rule.
type group struct {
	start, end int
	loose      bool
}

// digitGroups are the runs of digits from a place on that are parted by separators alone.
func digitGroups(s string, at int) (groups []group) {
	loose := false
	for {
		g := group{start: at, end: at, loose: loose}
		for g.end < len(s) && digit(s[g.end]) {
			g.end++
		}
		groups = append(groups, g)
		length, l := separator(s[g.end:])
		at, loose = g.end+length, l
		if length == 0 || at >= len(s) || !digit(s[at]) {
			return groups
		}
	}
}

// cardAt is how many of the groups, from the first on, make a card number, the most of them; 0 if none do.
func cardAt(s string, groups []group) (n int) {
	var digits []byte
	loose := false
	for i, g := range groups {
		if len(digits)+g.end-g.start > longestCard {
			break
		}
		digits = append(digits, s[g.start:g.end]...)
		loose = loose || i > 0 && g.loose
		if len(digits) >= shortestCard && luhn(digits) && (!loose || cardShaped(s, groups[:i+1])) {
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
