package resource

import (
	"fmt"
	"net/url"
	"strings"
)

// Ref names a record by its id, its natural key or an external id. Wherever an id is accepted, all three forms are.
type Ref struct {
	ID       string   // UUID in lower case
	Key      []string // parts of the natural key, targets of relations flattened to their own keys
	System   string   // external id: the partner's or channel's code …
	External string   // … and the id there
}

// IsZero reports whether the reference names nothing.
func (r Ref) IsZero() bool { return r.ID == "" && r.Key == nil && r.System == "" }

// ByKey is a reference by natural key.
func ByKey(parts ...string) Ref { return Ref{Key: parts} }

// String is the reference as it stands on the wire: a UUID, "key:SKU-1", "ext:SAP:4711".
func (r Ref) String() string {
	switch {
	case r.ID != "":
		return r.ID
	case r.System != "":
		return "ext:" + r.System + ":" + r.External
	case r.Key != nil:
		parts := make([]string, len(r.Key))
		for i, p := range r.Key {
			parts[i] = escapePart(p)
		}
		return "key:" + strings.Join(parts, "|")
	}
	return ""
}

// escapePart keeps a part's own separators apart from those between parts.
func escapePart(p string) string {
	if !strings.ContainsAny(p, "%|") {
		return p
	}
	return strings.NewReplacer("%", "%25", "|", "%7C").Replace(p)
}

// ParseRef reads the wire form. Anything that is none of the three forms is an error that names them.
func ParseRef(s string) (Ref, error) {
	if rest, ok := strings.CutPrefix(s, "key:"); ok {
		parts := strings.Split(rest, "|")
		for i, p := range parts {
			q, err := url.PathUnescape(p)
			if err != nil {
				q = p // a lone percent sign, as in "key:50%", can only mean itself
			}
			if strings.ContainsRune(q, 0) {
				return Ref{}, fmt.Errorf("%.80q: the key contains a NUL character", s)
			}
			parts[i] = q
		}
		return Ref{Key: parts}, nil
	}
	if rest, ok := strings.CutPrefix(s, "ext:"); ok {
		system, id, found := strings.Cut(rest, ":")
		if !found || system == "" || id == "" || strings.ContainsRune(rest, 0) {
			return Ref{}, fmt.Errorf("%.80q is not an external id such as ext:SAP:4711", s)
		}
		return Ref{System: system, External: id}, nil
	}
	if id, ok := ParseUUID(s); ok {
		return Ref{ID: id}, nil
	}
	return Ref{}, fmt.Errorf("%.80q is not an id: expected a UUID, key:… or ext:SYSTEM:…", s)
}

// ParseUUID checks the 8-4-4-4-12 form and gives it in lower case.
func ParseUUID(s string) (string, bool) {
	if len(s) != 36 {
		return "", false
	}
	for i := range len(s) {
		switch c := s[i]; i {
		case 8, 13, 18, 23:
			if c != '-' {
				return "", false
			}
		default:
			if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') {
				return "", false
			}
		}
	}
	return strings.ToLower(s), true
}
