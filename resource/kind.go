package resource

// Kind is a type of field: how its values look on the wire, in a file and in SQL. Each kind is one file; a new kind needs
// no change in any surface.
type Kind interface {
	// Name is shown in documentation and in `hanse resources`.
	Name() string
	// SQL is the type of the column, as format_type prints it.
	SQL() string
	// Parse checks a decoded JSON value (string, json.Number, bool, []any, map[string]any; never nil) and gives its
	// canonical text. The error is a sentence that says what is expected.
	Parse(value any) (string, error)
	// ParseText does the same for a cell of a file or a query parameter.
	ParseText(cell string) (string, error)
	// Output is the SQL expression that gives the value as it stands on the wire.
	Output(expr string, lang Language) string
	// Schema is the JSON Schema of the wire form, which differs between the back-office and the storefront only for
	// kinds that depend on the language.
	Schema(lang Language) map[string]any
	// Operators are the filter operators that make sense.
	Operators() []Operator
}

// Language says in which language a statement answers.
type Language struct {
	// All: the value in all languages (back-office); otherwise one text in the request's language, else the default.
	All bool
	// Request and Default are the SQL parameters that hold the language codes, as "$1"; empty when All.
	Request, Default string
}

// Comparer is a kind whose values are compared in another form than the column's own: Operand gives the expression that
// filters and sorts use, and Operand's SQL type.
type Comparer interface {
	Operand(expr string, lang Language) (operand, sqlType string)
}

// Merger is a kind whose given value is laid over the stored one instead of taking its place.
type Merger interface {
	// Merge is the SQL expression of the result of laying next over old.
	Merge(old, next string) string
	// Within is a cheap SQL condition under which that changes nothing; there may be other cases.
	Within(old, next string) string
	// Whole is a cheap SQL condition, on the canonical text of next, under which a new record has just next.
	Whole(next string) string
}

// Operator is a comparison in a filter, named as in filter[field][op].
type Operator string

const (
	Eq         Operator = "eq"
	Neq        Operator = "neq"
	Lt         Operator = "lt"
	Lte        Operator = "lte"
	Gt         Operator = "gt"
	Gte        Operator = "gte"
	Exists     Operator = "exists"
	Contains   Operator = "contains"
	StartsWith Operator = "starts_with"
	EndsWith   Operator = "ends_with"
	In         Operator = "in"
	Range      Operator = "range" // "from..to", both ends included, either may be empty
	Below      Operator = "below" // of a relation to a tree: the record itself or any below it
)

// Operators is every operator there is, in the order in which documentation lists them.
var Operators = []Operator{Eq, Neq, Lt, Lte, Gt, Gte, Exists, Contains, StartsWith, EndsWith, In, Range, Below}

var (
	equality = []Operator{Eq, Neq, In, Exists}
	ordering = []Operator{Eq, Neq, Lt, Lte, Gt, Gte, In, Range, Exists}
	matching = []Operator{Eq, Neq, Lt, Lte, Gt, Gte, Contains, StartsWith, EndsWith, In, Range, Exists}
	presence = []Operator{Exists}
)
