package resource

// Command defines an action that owns what must never be wrong: money, stock, order and payment state. It is bound to its
// function by the area it belongs to.
type Command struct {
	Name       string // camelCase verb, as in POST /{type}/{id}/actions/{name}
	On         string // type it acts on
	Result     string // type of the record it answers with, "" for none
	Doc        string
	Input      Fields
	Event      string // event it emits, as "order.placed"
	Idempotent bool   // an Idempotency-Key replays the first outcome
	Admin      bool
	Storefront bool
}

// Path is the command's name among all commands: "checkouts/place".
func (c *Command) Path() string { return c.On + "/" + c.Name }

// Extension adds fields, relations and rules of a later area to a resource of an earlier one.
type Extension struct {
	On        string
	Fields    Fields
	Relations Relations
	Check     func(t *Type, old, next Record) []Violation // a further rule, as Type.Check; or nil
}

// Extend gives the resource named on further fields, which are usually computed.
func Extend(on string, fields ...Field) Extension { return Extension{On: on, Fields: fields} }

// With adds relations to an extension.
func (e Extension) With(relations ...Relation) Extension {
	e.Relations = append(e.Relations, relations...)
	return e
}

// Checked adds a rule to an extension.
func (e Extension) Checked(rule func(t *Type, old, next Record) []Violation) Extension {
	e.Check = rule
	return e
}

// Definition is what an area hands to the schema: a Type, a Command or an Extension.
type Definition interface{ define(*draft) error }
