package page

import (
	"net/url"
	"strings"
)

// Path joins segments to an absolute path and escapes each, so that a SKU or
// category code with a slash or a question mark stays one segment.
func Path(segments ...string) string {
	var b strings.Builder
	for _, s := range segments {
		if s == "." || s == ".." { // a browser would resolve them away
			s = strings.ReplaceAll(s, ".", "%2E")
		} else {
			s = url.PathEscape(s)
		}
		b.WriteByte('/')
		b.WriteString(s)
	}
	return b.String()
}

// LocalPath returns target if it is a path on this site, else fallback: a
// redirect target out of a form must not lead a visitor elsewhere.
func LocalPath(target, fallback string) string {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" ||
		!strings.HasPrefix(u.Path, "/") || strings.HasPrefix(target, "//") || strings.Contains(target, "\\") {
		return fallback
	}
	return target
}

// WithQuery returns path with the query changed: pairs are name, value; an
// empty value removes the parameter. The query given is left as it is.
func WithQuery(path string, query url.Values, pairs ...string) string {
	changed := url.Values{}
	for name, values := range query {
		changed[name] = values
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			changed.Del(pairs[i])
		} else {
			changed.Set(pairs[i], pairs[i+1])
		}
	}
	if len(changed) == 0 {
		return path
	}
	return path + "?" + changed.Encode()
}
