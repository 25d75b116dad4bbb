package record

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/hanse-commerce/hanse/resource"
)

// Forms in which a record can be named; each makes another join, so they are part of a statement's shape.
const (
	formAbsent   = '.'
	formNull     = '0'
	formID       = 'i'
	formExternal = 'e'
	formKey      = 'k'
	formLink     = 'l' // made or found by another change of the batch
	formFound    = 'f' // named by a key that was looked up before, once for all rows that share it
	formValues   = 'v' // target only: the natural key among the values
	formNone     = 'n' // target only: a new record without a key
)

// reference is a resource.Ref made ready for staging.
type reference struct {
	form byte
	ref  resource.Ref
	key  []*string // canonical parts of the natural key, nil where a part is empty
	link *row
	id   string // of the record, where the form says that it was found
}

// newReference checks a reference to a record of t; the parts of a key take the canonical text of their fields.
func newReference(schema *resource.Schema, t *resource.Type, ref resource.Ref) (reference, error) {
	switch {
	case ref.ID != "":
		return reference{form: formID, ref: ref}, nil
	case ref.System != "":
		if !storable(ref.System) || !storable(ref.External) {
			return reference{}, fmt.Errorf("the external id %.80q is not valid text", ref.String())
		}
		return reference{form: formExternal, ref: ref}, nil
	}
	leaves := schema.Key(t)
	if len(leaves) == 0 {
		return reference{}, fmt.Errorf("%s have no natural key: name the record by its id or an external id", t.Name)
	}
	if len(ref.Key) != len(leaves) {
		return reference{}, fmt.Errorf("the key of %s has %d parts joined by | (%s), %q has %d", t.Name, len(leaves),
			KeyDoc(schema, t), ref.String(), len(ref.Key))
	}
	key := make([]*string, len(leaves))
	for i, l := range leaves {
		if ref.Key[i] == "" {
			continue
		}
		text, err := l.Field.Kind.ParseText(ref.Key[i])
		if err != nil {
			return reference{}, fmt.Errorf("%s of the key %q: %w", l.Field.Name, ref.String(), err)
		}
		key[i] = &text
	}
	return reference{form: formKey, ref: ref, key: key}, nil
}

// storable reports whether PostgreSQL takes a text: other bytes would end the transaction, not just the record.
func storable(text string) bool { return utf8.ValidString(text) && !strings.Contains(text, "\x00") }

// shape is the reference's part of a signature: its form and, for a key, which parts are empty.
func (f *reference) shape(b []byte) []byte {
	b = append(b, f.form)
	if f.form == formFound {
		return b
	}
	for _, part := range f.key {
		if part == nil {
			b = append(b, '0')
		} else {
			b = append(b, '1')
		}
	}
	return b
}

// text is the reference as people read it in a message.
func (f *reference) text() string {
	switch f.form {
	case formLink:
		return f.link.keyText()
	case formKey, formFound:
		return strings.Join(f.ref.Key, " / ")
	case formNull, formAbsent, 0:
		return ""
	}
	return f.ref.String()
}

// describe says in a fault what was looked for.
func (f *reference) describe(t *resource.Type) string {
	name := t.Singular()
	switch f.form {
	case formExternal:
		return fmt.Sprintf("no %s has the external id %q in the system %q", name, f.ref.External, f.ref.System)
	case formID:
		return fmt.Sprintf("there is no %s with the id %s", name, f.ref.ID)
	}
	return fmt.Sprintf("there is no %s with the key %q", name, strings.Join(f.ref.Key, "|"))
}
