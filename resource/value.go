package resource

// State tells whether a Value was given at all.
type State uint8

const (
	Absent State = iota // not mentioned by the sender: keep what is stored
	Null                // mentioned and empty: clear it
	Set                 // mentioned with a value
)

// Value is one field of a record in flight, in the canonical text that PostgreSQL casts to the column's type: decimals as
// "12.50", booleans as "true", times in RFC 3339 UTC, JSON as JSON text. For a to-one relation it is a reference as Ref
// writes it. The zero Value is absent.
type Value struct {
	State State
	Text  string
}

// Of is a value that is set.
func Of(text string) Value { return Value{Set, text} }

// Cleared is the value of a field that its sender emptied.
var Cleared = Value{State: Null}

// Given reports whether the sender mentioned the field, be it to clear it.
func (v Value) Given() bool { return v.State != Absent }

// Record holds a record's values by position: first the fields of its Type in order, then its relations (to-many ones stay
// absent). It is as long as Type.Width.
type Record []Value

// Violation is one thing that is wrong with a record. Field is the wire name of the field or relation, empty when the
// whole record is meant. Code is stable and never reused; Detail is a sentence for people that says what to do.
type Violation struct {
	Field  string `json:"field,omitempty"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func (v Violation) Error() string {
	if v.Field == "" {
		return v.Detail
	}
	return v.Field + ": " + v.Detail
}
