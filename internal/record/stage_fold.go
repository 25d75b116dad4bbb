package record

import (
	"strconv"
	"strings"
)

// folded gives a statement with the columns that say the same for every row as single parameters in place of arrays: a
// chunk of prices has one list, one currency and one least quantity, and PostgreSQL unfolds each array for itself. before
// is how many parameters stand before those of the columns.
func (p *Plan) folded(sql string, before int, ordinality bool, columns []any) (string, error) {
	mask, any := make([]byte, len(columns)), false
	for i, c := range columns {
		mask[i] = '0'
		if c := c.(column); i > 0 && c.same() { // the first one stays, it tells how many rows there are
			mask[i], any = '1', true
			columns[i] = c[0]
		}
	}
	if !any {
		return sql, nil
	}
	return cachedWrite(p.store, p.schema.Revision(), "folded\x00"+string(mask)+"\x00"+sql, func() (string, error) {
		return fold(sql, before, ordinality, mask), nil
	})
}

// same reports whether all cells are alike.
func (c column) same() bool {
	for _, x := range c[1:] {
		if x == c[0] || x != nil && c[0] != nil && *x == *c[0] {
			continue
		}
		return false
	}
	return true
}

// fold takes the masked columns out of the rows s and puts their parameters in their places.
func fold(sql string, before int, ordinality bool, mask []byte) string {
	var params, names []string
	for i := range mask {
		if mask[i] == '0' {
			params = append(params, parameter(before+i)+"::text[]")
			names = append(names, "c"+strconv.Itoa(i))
		}
	}
	from := "unnest(" + strings.Join(params, ", ") + ")"
	if ordinality {
		from += " WITH ORDINALITY"
		names = append(names, "n")
	}
	from += " AS s(" + strings.Join(names, ", ") + ")"
	head, tail, _ := strings.Cut(sql, unnest(before, len(mask), ordinality))
	return foldNames(head, before, mask) + from + foldNames(tail, before, mask)
}

func parameter(n int) string { return "$" + strconv.Itoa(n+1) }

// foldNames replaces s.c3 by its parameter where the mask says so. The statement's own texts contain no such word: their
// identifiers are quoted and have no points.
func foldNames(sql string, before int, mask []byte) string {
	var b strings.Builder
	for {
		head, tail, found := strings.Cut(sql, "s.c")
		b.WriteString(head)
		if !found {
			return b.String()
		}
		end := 0
		for end < len(tail) && tail[end] >= '0' && tail[end] <= '9' {
			end++
		}
		i, err := strconv.Atoi(tail[:end])
		if err == nil && i < len(mask) && mask[i] == '1' && !endsInWord(head) {
			b.WriteString(parameter(before+i) + "::text")
		} else {
			b.WriteString("s.c" + tail[:end])
		}
		sql = tail[end:]
	}
}

func endsInWord(s string) bool {
	if s == "" {
		return false
	}
	c := s[len(s)-1]
	return c == '_' || c == '"' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
