package resource

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync/atomic"
)

// Schema is an immutable set of definitions. An administrator's custom field makes a new one; surfaces take the current
// one per request, and whatever is cached is cached under its Revision.
type Schema struct {
	revision int64
	types    map[string]*Type
	order    []*Type
	commands map[string]*Command
	listed   []*Command
	defs     []Definition
}

var revisions atomic.Int64

type draft struct{ *Schema }

// NewSchema puts definitions together and checks that they fit: names, targets, inverses, keys. The order is kept; an
// extension may come before or after its type. All faults are reported at once.
func NewSchema(areas ...[]Definition) (*Schema, error) {
	s := &Schema{revision: revisions.Add(1), types: map[string]*Type{}, commands: map[string]*Command{}}
	d := &draft{s}
	s.defs = slices.Concat(areas...)
	var faults []error
	for _, pass := range []func(Definition) bool{isType, isExtension, isCommand} {
		for _, def := range s.defs {
			if pass(def) {
				faults = append(faults, def.define(d))
			}
		}
		for _, t := range s.order {
			t.index()
		}
	}
	for _, t := range s.order {
		faults = append(faults, s.check(t)...)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("definitions do not fit: %w", err)
	}
	return s, nil
}

// With is the schema with further definitions, a new revision.
func (s *Schema) With(defs ...Definition) (*Schema, error) { return NewSchema(s.defs, defs) }

// Revision differs between any two schemas of one process.
func (s *Schema) Revision() int64 { return s.revision }

// Types lists the resources in the order of their definition.
func (s *Schema) Types() []*Type { return s.order }

// Type finds a resource by its wire name.
func (s *Schema) Type(name string) (*Type, bool) { t, ok := s.types[name]; return t, ok }

// Commands lists the commands in the order of their definition.
func (s *Schema) Commands() []*Command { return s.listed }

// Command finds a command by the type it acts on and its name.
func (s *Schema) Command(on, name string) (*Command, bool) {
	c, ok := s.commands[on+"/"+name]
	return c, ok
}

// Leaf is one part of a flattened natural key: a field reached over to-one relations.
type Leaf struct {
	Path  []string // relations from the type to the one that has the field; empty for its own
	Field *Field
}

// Key flattens a type's natural key: relations in it are replaced by their target's key. It is empty for a type without.
func (s *Schema) Key(t *Type) []Leaf {
	var leaves []Leaf
	for _, name := range t.KeyOf {
		if f, ok := t.Field(name); ok {
			leaves = append(leaves, Leaf{Field: f})
			continue
		}
		r, _ := t.Relation(name)
		for _, l := range s.Key(s.types[r.Target]) {
			leaves = append(leaves, Leaf{Path: append([]string{name}, l.Path...), Field: l.Field})
		}
	}
	return leaves
}

func isType(d Definition) bool      { _, ok := d.(Type); return ok }
func isExtension(d Definition) bool { _, ok := d.(Extension); return ok }
func isCommand(d Definition) bool   { _, ok := d.(Command); return ok }

func (t Type) define(d *draft) error {
	if _, twice := d.types[t.Name]; twice {
		return fmt.Errorf("resource %q is defined twice", t.Name)
	}
	t.Fields, t.Relations = slices.Clone(t.Fields), slices.Clone(t.Relations)
	t.Commands, t.ownedBy = nil, ""
	d.types[t.Name] = &t
	d.order = append(d.order, &t)
	return nil
}

func (e Extension) define(d *draft) error {
	t, ok := d.types[e.On]
	if !ok {
		return fmt.Errorf("an extension speaks of the resource %q, which is not defined", e.On)
	}
	t.Fields = append(t.Fields, e.Fields...)
	t.Relations = append(t.Relations, e.Relations...)
	if first := t.Check; e.Check != nil {
		t.Check = func(t *Type, old, next Record) []Violation {
			if first == nil {
				return e.Check(t, old, next)
			}
			return append(first(t, old, next), e.Check(t, old, next)...)
		}
	}
	return nil
}

func (c Command) define(d *draft) error {
	t, ok := d.types[c.On]
	if !ok {
		return fmt.Errorf("command %q acts on %q, which is not defined", c.Name, c.On)
	}
	if _, ok := d.types[c.Result]; c.Result != "" && !ok {
		return fmt.Errorf("command %q answers with %q, which is not defined", c.Path(), c.Result)
	}
	if _, twice := d.commands[c.Path()]; twice {
		return fmt.Errorf("command %q is defined twice", c.Path())
	}
	d.commands[c.Path()] = &c
	d.listed = append(d.listed, &c)
	t.Commands = append(t.Commands, c.Name)
	return nil
}

func (t *Type) index() {
	t.positions = make(map[string]int, t.Width())
	for i := range t.Fields {
		t.positions[t.Fields[i].Name] = i
	}
	for i := range t.Relations {
		t.positions[t.Relations[i].Name] = len(t.Fields) + i
	}
	if t.KeyOf == nil {
		for _, f := range t.Fields {
			if f.InKey {
				t.KeyOf = append(t.KeyOf, f.Name)
			}
		}
	}
}

var (
	camel     = regexp.MustCompile(`^[a-z][a-zA-Z0-9]{0,62}$`)
	snakeName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
)

// Reserved names stand on every record and cannot be fields.
var reserved = []string{"id", "type", "externalIds", "createdAt", "updatedAt", "revision", "custom", "organization", "search"}

func (s *Schema) check(t *Type) (faults []error) {
	fault := func(format string, a ...any) {
		faults = append(faults, fmt.Errorf("resource %q: "+format, append([]any{t.Name}, a...)...))
	}
	if !camel.MatchString(t.Name) || !snakeName.MatchString(t.Table) {
		fault("the name must be camelCase and the table %q snake_case", t.Table)
	}
	if t.Doc == "" {
		fault("a sentence of documentation is missing")
	}
	if len(t.positions) != t.Width() {
		fault("two fields or relations have the same name")
	}
	for _, f := range t.Fields {
		if !camel.MatchString(f.Name) || f.Kind == nil {
			fault("field %q: the name must be camelCase and the kind set", f.Name)
		}
		if slices.Contains(reserved, f.Name) {
			fault("field %q: the name is reserved, every record has it", f.Name)
		}
	}
	for i := range t.Relations {
		s.checkRelation(t, &t.Relations[i], fault)
	}
	for _, name := range t.KeyOf {
		if f, ok := t.Field(name); ok {
			f.InKey = true
		} else if r, ok := t.Relation(name); ok && !r.ToMany {
			r.InKey = true
		} else {
			fault("the key names %q, which is neither a field nor a to-one relation", name)
		}
	}
	return faults
}

func (s *Schema) checkRelation(t *Type, r *Relation, fault func(string, ...any)) {
	target, ok := s.types[r.Target]
	if !ok {
		fault("relation %q points to %q, which is not defined", r.Name, r.Target)
		return
	}
	if !r.ToMany {
		return
	}
	inverse, ok := target.Relation(r.Inverse)
	if !ok || inverse.ToMany || inverse.Target != t.Name {
		fault("relation %q is the inverse of %s.%s, which does not point back", r.Name, r.Target, r.Inverse)
		return
	}
	if r.Owns {
		target.ownedBy = t.Name
	}
}
