package channel

import (
	"slices"
	"strings"
)

// signs part the groups of a card number, in each form that texts, JSON, HTML and queries have them in.
var (
	// closeSigns are what people write within one number.
	closeSigns = []string{" ", "-", "+", ".", "\u00a0", "\u2007", "\u202f", "%20", "%2B", "%2D", "%2E", "%C2%A0", "%E2%80%87", "%E2%80%AF",
		`\u00a0`, `\u2007`, `\u202f`, "&nbsp;", "&#160;", "&#xa0;"}
	// looseSigns part numbers of their own as a rule: dates, parts of a path, columns.
	looseSigns = []string{"\t", "_", "/", `\t`, `\/`, "%09", "%2F", "%5F", `\u0009`, "&#9;"}
)

// mostSigns is how many signs in a row still leave a number one number: "4242 / 4242".
const mostSigns = 3

// separator measures what stands between two groups of digits at the start of a text, 0 if they are not of one number. It is
// loose unless it is one sign that people write within a number.
func separator(s string) (length int, loose bool) {
	for signs := 0; signs < mostSigns; signs++ {
		n := signAt(s[length:], closeSigns)
		if n == 0 {
			n = signAt(s[length:], looseSigns)
			loose = loose || n > 0
		}
		if n == 0 {
			break
		}
		loose = loose || signs > 0
		length += n
	}
	return length, loose
}

func signAt(s string, signs []string) int {
	for _, sign := range signs {
		if len(s) >= len(sign) && strings.EqualFold(s[:len(sign)], sign) {
			return len(sign)
		}
	}
	return 0
}

// cardShaped tells whether digits that are parted loosely are grouped as on a card, with a number that a card begins with:
// those of other things come to a right check digit one time in ten.
func cardShaped(s string, groups []group) bool {
	first := s[groups[0].start:groups[0].end]
	if len(first) != 4 || !(first >= "3" && first < "7" || first >= "2221" && first < "2721") {
		return false
	}
	last := groups[len(groups)-1]
	lengths := make([]int, len(groups))
	for i, g := range groups {
		lengths[i] = g.end - g.start
	}
	if slices.Equal(lengths, []int{4, 6, 5}) || slices.Equal(lengths, []int{4, 6, 4}) { // American Express, Diners Club
		return true
	}
	return last.end-last.start <= 4 && !slices.ContainsFunc(lengths[:len(lengths)-1], func(n int) bool { return n != 4 })
}
