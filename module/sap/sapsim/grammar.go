package sapsim

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

//go:embed orders05.txt
var orders05 string

// rule is what an IDoc type says of one segment.
type rule struct {
	name   string
	most   int
	fields map[string]int // field -> length; nil if they are not looked at
	below  []*rule
}

// parseGrammar reads a description of an IDoc type.
func parseGrammar(text string) (*rule, error) {
	path := []*rule{{name: "IDOC", most: 1}} // the rule at each depth
	for n, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		depth := (len(line)-len(strings.TrimLeft(line, " ")))/2 + 1
		if depth > len(path) || len(words) < 3 {
			return nil, fmt.Errorf("IDoc type, line %d: too deep or too short", n+1)
		}
		r := &rule{name: words[0]}
		var err error
		if r.most, err = strconv.Atoi(words[1]); err != nil {
			return nil, fmt.Errorf("IDoc type, line %d: %w", n+1, err)
		}
		if words[2] != "*" {
			r.fields = map[string]int{}
			for _, w := range words[2:] {
				name, length, _ := strings.Cut(w, ":")
				if r.fields[name], err = strconv.Atoi(length); err != nil {
					return nil, fmt.Errorf("IDoc type, line %d, field %s: %w", n+1, name, err)
				}
			}
		}
		parent := path[depth-1]
		parent.below = append(parent.below, r)
		path = append(path[:depth], r)
	}
	return path[0], nil
}

// check compares the segments below s with the type: known, in order, not too many, their fields known and not too long.
func (r *rule) check(s *segment, at string, report func(at, format string, args ...any)) {
	next, count := 0, 0
	for _, b := range s.below {
		here := strings.TrimPrefix(at+"/"+b.name, "/")
		i := next
		for i < len(r.below) && r.below[i].name != b.name {
			i++
		}
		if i == len(r.below) {
			if r.has(b.name) {
				report(here, "segment stands behind %s, which must come after it", r.below[next].name)
			} else {
				report(here, "segment does not belong here")
			}
			continue
		}
		if i != next {
			next, count = i, 0
		}
		if count++; count == r.below[i].most+1 {
			report(here, "segment comes more than %d times", r.below[i].most)
		}
		if b.loose {
			report(here, `SEGMENT="1" is missing, or text stands between the fields`)
		}
		r.below[i].checkFields(b, here, report)
		r.below[i].check(b, here, report)
	}
}

func (r *rule) has(name string) bool {
	for _, b := range r.below {
		if b.name == name {
			return true
		}
	}
	return false
}

func (r *rule) checkFields(s *segment, at string, report func(at, format string, args ...any)) {
	if r.fields == nil {
		return
	}
	seen := map[string]bool{}
	for _, f := range s.fields {
		length, known := r.fields[f.name]
		switch {
		case !known:
			report(at, "there is no field %s", f.name)
		case seen[f.name]:
			report(at, "field %s comes twice", f.name)
		case utf8.RuneCountInString(f.value) > length:
			report(at, "field %s has more than %d characters: %.60q", f.name, length, f.value)
		}
		seen[f.name] = true
	}
}
