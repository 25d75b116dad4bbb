package stripesim

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// parameters are those of one request by their path: line_items[0][price_data][currency] is line_items.0.price_data.currency,
// and expand[] is expand.0, expand.1, …
type parameters map[string]string

var segment = regexp.MustCompile(`^[A-Za-z0-9_ -]{1,60}$`)

// read takes the parameters of query and form-encoded body.
func read(r *http.Request) (parameters, *fault) {
	if r.Method == http.MethodPost && r.ContentLength != 0 {
		if kind := r.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/x-www-form-urlencoded") {
			return nil, invalid("", "", "Invalid request (check that your POST content type is application/x-www-form-urlencoded).")
		}
	}
	if err := r.ParseForm(); err != nil {
		return nil, invalid("", "", "The request's parameters cannot be read.")
	}
	p := parameters{}
	for key, values := range r.Form {
		parts := strings.Split(strings.ReplaceAll(key, "]", ""), "[")
		list := len(parts) > 1 && parts[len(parts)-1] == ""
		if list {
			parts = parts[:len(parts)-1]
		}
		for _, part := range parts {
			if !segment.MatchString(part) {
				return nil, invalid("parameter_unknown", key, "Received unknown parameter: %.60s", key)
			}
		}
		path := strings.Join(parts, ".")
		switch {
		case list:
			for i, v := range values {
				p[path+"."+strconv.Itoa(i)] = v
			}
		case len(values) > 1:
			return nil, invalid("", key, "The parameter %.60s is given twice.", key)
		default:
			p[path] = values[0]
		}
	}
	return p, nil
}

// rule says what a parameter may hold: text, int, bool, or one of several words.
type rule []string

var (
	text    = rule{"text"}
	integer = rule{"int"}
	boolean = rule{"bool"}
)

func words(w ...string) rule { return append(rule{"words"}, w...) }

// upTo is text of so many characters at most; any other text may have 5000.
func upTo(characters int) rule { return rule{"text", strconv.Itoa(characters)} }

// rules are the parameters that an endpoint takes, by path; # stands for any index and * for any key.
type rules map[string]rule

// expansion is taken by every endpoint.
var expansion = rules{"expand.#": text}

// paged are the parameters of lists.
var paged = rules{"limit": integer, "starting_after": text, "created": integer, "created.gt": integer,
	"created.gte": integer, "created.lt": integer, "created.lte": integer}

// with gives all rules of several sets.
func with(sets ...rules) rules {
	all := rules{}
	for _, set := range append(sets, expansion) {
		for path, r := range set {
			all[path] = r
		}
	}
	return all
}

var index = regexp.MustCompile(`\.\d+(\.|$)`)

// find gives the rule of a path.
func (r rules) find(path string) (rule, bool) {
	if found, ok := r[path]; ok {
		return found, true
	}
	general := index.ReplaceAllString(path, ".#$1")
	if found, ok := r[general]; ok {
		return found, true
	}
	parent, _, _ := cutLast(path)
	found, ok := r[parent+".*"]
	return found, ok
}

// check refuses what the endpoint does not know, and values of the wrong kind.
func (p parameters) check(r rules) *fault {
	for _, path := range p.paths() {
		value, name := p[path], bracketed(path)
		found, ok := r.find(path)
		if !ok {
			return invalid("parameter_unknown", name, "Received unknown parameter: %s", name)
		}
		switch found[0] {
		case "int":
			if _, err := strconv.ParseInt(value, 10, 64); err != nil {
				return invalid("parameter_invalid_integer", name, "Invalid integer: %.40s", value)
			}
		case "bool":
			if value != "true" && value != "false" {
				return invalid("", name, "Invalid boolean: %.40s", value)
			}
		case "words":
			if !slices.Contains(found[1:], value) {
				return invalid("", name, "Invalid %s: must be one of %s", name, strings.Join(found[1:], ", "))
			}
		default:
			most := 5000
			if len(found) > 1 {
				most, _ = strconv.Atoi(found[1])
			}
			if utf8.RuneCountInString(value) > most {
				return invalid("", name, "Invalid string: %.10s…; must be at most %d characters", value, most)
			}
		}
	}
	return p.checkMetadata()
}

// checkMetadata holds to docs.stripe.com/api/metadata: keys of 40 characters, values of 500, and 50 keys, which merged counts for
// an object that had some before.
func (p parameters) checkMetadata() *fault {
	count := map[string]int{}
	for _, path := range p.paths() {
		parent, key, _ := cutLast(path)
		if parent != "metadata" && !strings.HasSuffix(parent, ".metadata") {
			continue
		}
		if p[path] != "" {
			count[parent]++
		}
		if count[parent] > mostKeys || len(key) > 40 || len([]rune(p[path])) > 500 {
			return invalid("", bracketed(path), "Metadata may have up to %d keys of up to 40 characters, with values of up to 500.", mostKeys)
		}
	}
	return nil
}

func (p parameters) paths() []string {
	paths := make([]string, 0, len(p))
	for path := range p {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

// number gives an integer that check has seen, or 0.
func (p parameters) number(path string) int64 {
	n, _ := strconv.ParseInt(p[path], 10, 64)
	return n
}

// below gives the values whose path begins so, by the rest of it: those of metadata.
func (p parameters) below(prefix string) map[string]string {
	values := map[string]string{}
	for path, v := range p {
		if key, ok := strings.CutPrefix(path, prefix+"."); ok {
			values[key] = v
		}
	}
	return values
}

func cutLast(path string) (before, after string, found bool) {
	at := strings.LastIndexByte(path, '.')
	if at < 0 {
		return "", path, false
	}
	return path[:at], path[at+1:], true
}

// bracketed is a path as the sender wrote it.
func bracketed(path string) string {
	first, rest, nested := strings.Cut(path, ".")
	if !nested {
		return first
	}
	return first + "[" + strings.ReplaceAll(rest, ".", "][") + "]"
}
