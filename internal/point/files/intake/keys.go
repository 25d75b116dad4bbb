package intake

import (
	"hash/maphash"
	"strings"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// keys remembers keys by 16 bytes each: a table of their hashes that are probed in a row. PostgreSQL is not asked, since a
// file may have millions; Go's map would take twice the memory.
type keys struct {
	slots [][2]uint64 // {0, 0} is free
	used  int
	a, b  maphash.Seed
}

// newKeys has room for as many keys as are expected, and grows at need.
func newKeys(expected int64) *keys {
	return &keys{slots: make([][2]uint64, max(1024, expected+expected/4)), a: maphash.MakeSeed(), b: maphash.MakeSeed()}
}

// add reports whether the key is new.
func (k *keys) add(key string) bool {
	h := [2]uint64{maphash.String(k.a, key) | 1, maphash.String(k.b, key)}
	if k.used >= len(k.slots)/8*7 {
		k.grow()
	}
	if !k.put(h) {
		return false
	}
	k.used++
	return true
}

func (k *keys) put(h [2]uint64) bool {
	for i := h[1] % uint64(len(k.slots)); ; i = (i + 1) % uint64(len(k.slots)) {
		switch k.slots[i] {
		case [2]uint64{}:
			k.slots[i] = h
			return true
		case h:
			return false
		}
	}
}

func (k *keys) grow() {
	old := k.slots
	k.slots = make([][2]uint64, 2*len(old))
	for _, h := range old {
		if h != ([2]uint64{}) {
			k.put(h)
		}
	}
}

// KeyOf is the natural key among a record's values as people read it. Parts of a composite key are joined by "|" and
// escaped as in a reference.
func KeyOf(t *resource.Type, values resource.Record) string {
	if len(t.KeyOf) == 1 {
		parts := keyParts(t, values)
		if len(parts) == 1 {
			return parts[0]
		}
	}
	key := strings.TrimPrefix(resource.ByKey(keyParts(t, values)...).String(), "key:")
	if strings.Trim(key, "|") == "" {
		return ""
	}
	return key
}

// keyParts are the parts of the natural key, references by key flattened to theirs.
func keyParts(t *resource.Type, values resource.Record) []string {
	parts := make([]string, 0, len(t.KeyOf))
	for _, name := range t.KeyOf {
		parts = append(parts, keyPart(t, name, values)...)
	}
	return parts
}

func keyPart(t *resource.Type, name string, values resource.Record) []string {
	at := t.At(name)
	text := values[at].Text
	if at >= len(t.Fields) && strings.HasPrefix(text, "key:") {
		if ref, err := resource.ParseRef(text); err == nil {
			return ref.Key
		}
	}
	return []string{text}
}

// identity is the natural key with its parts kept apart, "" where a part that must be given is missing.
func identity(t *resource.Type, values resource.Record) string {
	for _, name := range t.KeyOf {
		if values[t.At(name)].Given() {
			continue
		}
		f, ok := t.Field(name)
		if !ok || f.Mandatory {
			return ""
		}
	}
	if len(t.KeyOf) == 0 {
		return ""
	}
	return t.Name + "\x00" + strings.Join(keyParts(t, values), "\x00")
}

// changeKey are the parts of the natural key of the record that a change is about; what it links to has a key of its own.
func changeKey(schema *resource.Schema, t *resource.Type, c *record.Change) (parts []string) {
	for _, name := range t.KeyOf {
		if to := c.Links[name]; to != nil {
			rel, _ := t.Relation(name)
			target, _ := schema.Type(rel.Target)
			parts = append(parts, changeKey(schema, target, to)...)
			continue
		}
		parts = append(parts, keyPart(t, name, c.Values)...)
	}
	return parts
}
