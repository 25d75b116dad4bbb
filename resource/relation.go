package resource

// Relation ties a resource to another. A to-one relation is a column with the target's id; a to-many relation is the
// inverse of a to-one relation of its target.
type Relation struct {
	Name   string // on the wire, camelCase
	Target string // name of the target type
	Text   string // one sentence of documentation

	ToMany  bool
	Column  string // to-one: the column, "category_id"
	Inverse string // to-many: the target's to-one relation that points here
	Order   string // to-many: the target's field that orders it; the key otherwise

	InKey     bool
	Mandatory bool
	Reading   bool
	OnCreate  bool
	Internal  bool // not shown on the storefront
	Clearing  bool // the reference is emptied when its target is deleted; otherwise the target cannot be deleted
	Owns      bool // to-many: its records are written and deleted with this one, and given lists replace the stored one
	Notes     map[string]any
}

// One is a reference to one record of the target type, in the column name_id.
func One(name, target string) Relation {
	return Relation{Name: name, Target: target, Column: Snake(name) + "_id"}
}

// Many is all records of the target type whose relation inverse points here.
func Many(name, target, inverse string) Relation {
	return Relation{Name: name, Target: target, Inverse: inverse, ToMany: true}
}

func (r Relation) Required() Relation              { r.Mandatory = true; return r }
func (r Relation) ReadOnly() Relation              { r.Reading = true; return r }
func (r Relation) CreateOnly() Relation            { r.OnCreate = true; return r }
func (r Relation) AdminOnly() Relation             { r.Internal = true; return r }
func (r Relation) OrClear() Relation               { r.Clearing = true; return r }
func (r Relation) Owned() Relation                 { r.Owns = true; return r }
func (r Relation) Doc(s string) Relation           { r.Text = s; return r }
func (r Relation) In(column string) Relation       { r.Column = column; return r }
func (r Relation) OrderedBy(field string) Relation { r.Order = field; return r }

// Writable reports whether a surface may set the relation when it creates (creating) or updates a record.
func (r Relation) Writable(creating bool) bool {
	return !r.Reading && (creating || !r.OnCreate) && (!r.ToMany || r.Owns)
}

// Relations are a resource's relations in the order in which surfaces show them.
type Relations []Relation

// Find gives the position of the relation with that wire name.
func (rs Relations) Find(name string) (int, bool) {
	for i := range rs {
		if rs[i].Name == name {
			return i, true
		}
	}
	return 0, false
}
