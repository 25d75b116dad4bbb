package resource

import "strings"

// Scope says whose a resource's records are.
type Scope uint8

const (
	Organization Scope = iota // each record belongs to one organization
	Global                    // the organizations themselves
)

// Type defines a resource. Every table has id, organization_id, created_at, updated_at, revision and custom beside the
// columns of its fields and to-one relations; they need no mention here.
type Type struct {
	Name      string // plural camelCase, as on the wire: "priceLists"
	Table     string // "price_list"
	Area      string // business area, groups it in documentation and navigation
	Doc       string
	Scope     Scope
	Fields    Fields
	Relations Relations
	// KeyOf names the parts of the natural key in order, where they are not just the fields marked as Key: fields and
	// to-one relations, which stand for their target's key.
	KeyOf []string

	Admin      Exposure
	Storefront Exposure
	Commands   []string // filled by the schema

	// Check is the rule over several fields of one record. It is pure, so a preview runs it too: old is nil for a new
	// record; next has every value the record would have. Positions: Type.At.
	Check func(t *Type, old, next Record) []Violation

	// Extensible: administrators may add fields, kept in the custom column.
	Extensible bool
	// Ledger: rows are facts that only commands write, so history keeps their ids and not their old values.
	Ledger bool
	Notes  map[string]any

	positions map[string]int
	ownedBy   string
}

// Exposure says what one side may do with a resource at all; roles and levels narrow it.
type Exposure struct {
	Read, Create, Update, Delete bool
	Conditions                   []Condition
	// Owner is the path of to-one relations to the customer whose record this is ("order.customer"; "id" when it is the
	// customer). A buyer meets only records of his own customer's subtree.
	Owner string
	// Person is the path to the customer user whose record this is, for what is private even within a customer.
	Person string
	// Website and Currency name the relation and the field that a new record gets from the shop its buyer is in, where he
	// does not mention them.
	Website, Currency string
}

// Condition is a fixed comparison that is compiled into each statement of a side.
type Condition struct{ Field, Value string }

var (
	Full     = Exposure{Read: true, Create: true, Update: true, Delete: true}
	ReadOnly = Exposure{Read: true}
	Hidden   = Exposure{}
)

// Where narrows what is visible to records whose field has that canonical value.
func (e Exposure) Where(field, value string) Exposure {
	e.Conditions = append(append([]Condition(nil), e.Conditions...), Condition{field, value})
	return e
}

// OwnedBy sets the path to the customer; see Exposure.Owner.
func (e Exposure) OwnedBy(path string) Exposure { e.Owner = path; return e }

// PrivateTo sets the path to the customer user; see Exposure.Person.
func (e Exposure) PrivateTo(path string) Exposure { e.Person = path; return e }

// InShop names what a new record gets from the shop; see Exposure.Website.
func (e Exposure) InShop(website, currency string) Exposure {
	e.Website, e.Currency = website, currency
	return e
}

// Width is the length of a Record of this type.
func (t *Type) Width() int { return len(t.Fields) + len(t.Relations) }

// At is the position of a field's or relation's value in a Record, -1 if there is none of that name.
func (t *Type) At(name string) int {
	if i, ok := t.positions[name]; ok {
		return i
	}
	return -1
}

// Field gives the field at a position or of a name.
func (t *Type) Field(name string) (*Field, bool) {
	i := t.At(name)
	if i < 0 || i >= len(t.Fields) {
		return nil, false
	}
	return &t.Fields[i], true
}

// Relation gives the relation of that name.
func (t *Type) Relation(name string) (*Relation, bool) {
	i := t.At(name) - len(t.Fields)
	if i < 0 {
		return nil, false
	}
	return &t.Relations[i], true
}

// NameAt is the wire name of the field or relation at a position of a Record.
func (t *Type) NameAt(i int) string {
	if i < len(t.Fields) {
		return t.Fields[i].Name
	}
	return t.Relations[i-len(t.Fields)].Name
}

// OwnedBy names the type whose Owned relation these records belong to, "" if they stand for themselves.
func (t *Type) OwnedBy() string { return t.ownedBy }

// Singular is the name of one record, as in events: "priceLists" gives "priceList".
func (t *Type) Singular() string { return singular(t.Name) }

func singular(name string) string {
	switch {
	case strings.HasSuffix(name, "ies"):
		return name[:len(name)-3] + "y"
	case strings.HasSuffix(name, "sses"), strings.HasSuffix(name, "xes"), strings.HasSuffix(name, "ches"), strings.HasSuffix(name, "iases"):
		return name[:len(name)-2]
	case strings.HasSuffix(name, "s"):
		return name[:len(name)-1]
	}
	return name
}

// NewRecord is a record of this type in which nothing is given.
func (t *Type) NewRecord() Record { return make(Record, t.Width()) }
