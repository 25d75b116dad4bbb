package resource

import "strings"

// Field is one attribute of a resource. Fields are built by the constructors of their kinds (Text, Decimal, …) and refined
// by the methods below, each of which returns a changed copy.
type Field struct {
	Name   string // on the wire, camelCase
	Column string // in SQL and in files, snake_case of the same words
	Kind   Kind
	Text   string // one sentence of documentation

	InKey      bool   // part of the natural key
	Mandatory  bool   // must have a value once the record exists
	Reading    bool   // surfaces may not write it; commands of the area do
	OnCreate   bool   // surfaces may write it only while the record is created
	Internal   bool   // not shown on the storefront
	Secret     bool   // never shown anywhere, never in a change row
	Filterable bool   // offered as a filter and a sort: an index must serve it
	Weight     byte   // full-text weight 'A' to 'D', 0 is none
	Fallback   *Value // value of a new record whose sender did not mention the field
	Measure    string // unit of the number, for documentation ("kg")
	Example    string

	Computed *Computed // set: the value is an SQL expression, not a column
	Custom   bool      // kept in the table's custom column
	Notes    map[string]any
}

// Computed is a value that is calculated inside the one statement that reads a record. In its SQL and in the common table
// expressions it names, {t} is the record's row and {organization} {customer} {customerGroup} {website} {currency}
// {language} {defaultLanguage} {now} are the caller's; nothing else is substituted.
type Computed struct {
	SQL  string
	With []CTE // each is put before the statement once
}

// CTE is a common table expression that computed values of one statement share.
type CTE struct{ Name, SQL string }

func field(name string, kind Kind) Field {
	return Field{Name: name, Column: Snake(name), Kind: kind, Filterable: true}
}

func (f Field) Key() Field             { f.InKey, f.Mandatory = true, true; return f }
func (f Field) OptionalKey() Field     { f.InKey = true; return f } // null is a value of its own in the key
func (f Field) Required() Field        { f.Mandatory = true; return f }
func (f Field) ReadOnly() Field        { f.Reading = true; return f }
func (f Field) CreateOnly() Field      { f.OnCreate = true; return f }
func (f Field) AdminOnly() Field       { f.Internal = true; return f }
func (f Field) WriteOnly() Field       { f.Secret, f.Filterable = true, false; return f }
func (f Field) Unfiltered() Field      { f.Filterable = false; return f }
func (f Field) Filtered() Field        { f.Filterable = true; return f } // for a computed value that costs little per record
func (f Field) Search(w byte) Field    { f.Weight = w; return f }
func (f Field) Unit(u string) Field    { f.Measure = u; return f }
func (f Field) Doc(s string) Field     { f.Text = s; return f }
func (f Field) Eg(s string) Field      { f.Example = s; return f }
func (f Field) In(column string) Field { f.Column = column; return f }

// Default is the canonical text that a new record gets when its sender does not mention the field.
func (f Field) Default(text string) Field { v := Of(text); f.Fallback = &v; return f }

// Note keeps a hint for one surface under a key of that surface's choice.
func (f Field) Note(key string, hint any) Field {
	notes := map[string]any{key: hint}
	for k, v := range f.Notes {
		if k != key {
			notes[k] = v
		}
	}
	f.Notes = notes
	return f
}

// Writable reports whether a surface may set the field when it creates (creating) or updates a record.
func (f Field) Writable(creating bool) bool {
	return !f.Reading && f.Computed == nil && (creating || !f.OnCreate)
}

// NewComputed is a read-only field whose value is the SQL expression sql; see Computed.
func NewComputed(name string, of Field, sql string, with ...CTE) Field {
	of.Name, of.Column = name, Snake(name)
	of.Computed, of.Reading, of.Filterable = &Computed{SQL: sql, With: with}, true, false
	return of
}

// Fields are the attributes of a resource in the order in which surfaces show them.
type Fields []Field

// Snake turns the camelCase name of the wire into the snake_case of SQL and files: "poNumber" into "po_number".
func Snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' {
			if i > 0 {
				b.WriteByte('_')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Camel is the inverse of Snake.
func Camel(column string) string {
	words := strings.Split(column, "_")
	for i := 1; i < len(words); i++ {
		if words[i] != "" {
			words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
		}
	}
	return strings.Join(words, "")
}
