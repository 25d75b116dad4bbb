package record

import (
	"fmt"
	"strings"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// statement is a compiled query: SQL text that depends on the shape of the query alone, and how to take its parameters
// out of a query of that shape.
type statement struct {
	sql      string
	countSQL string
	binders  []binder // of sql, in order of its parameters
	counters []binder // of countSQL
	ones     []int    // relation positions whose target ids follow the attributes
	includes []*include
	paths    []Path               // the same for the answer
	many     []*resource.Relation // to-many relations to mention
}

// binder takes one parameter out of a query and its caller.
type binder func(q *Query, c *access.Caller) (any, error)

// compiler writes one statement. All names in the SQL come from definitions, all values are parameters.
type compiler struct {
	schema *resource.Schema
	query  *Query
	side   access.Side
	grants *access.Grants
	// plainLanguage: the caller reads the default language, whose texts have indexes.
	plainLanguage bool
	binders       []binder
	context       map[string]string // name of a caller's value -> its parameter
	ctes          []resource.CTE
	joins         map[string]string // to-one path -> alias
	from          strings.Builder
	search        string // the full-text query, once it is written
	aliases       int
}

// compile turns the query into a statement, or says what of it the definitions do not allow.
func (s *Store) compile(q *Query, schema *resource.Schema, caller *access.Caller) (*statement, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	key := shape(q, caller)
	if st := s.cached(key, schema.Revision()); st != nil {
		return st, nil
	}
	c := &compiler{schema: schema, query: q, side: caller.Side, grants: caller.Grants, plainLanguage: caller.Language == resource.DefaultLanguage,
		context: map[string]string{}, joins: map[string]string{}}
	st, err := c.statement()
	if err != nil {
		return nil, err
	}
	s.keep(key, schema.Revision(), st)
	return st, nil
}

func (c *compiler) statement() (*statement, error) {
	q := c.query
	where, err := c.where()
	if err != nil {
		return nil, err
	}
	st := &statement{many: visibleMany(c.schema, c.side, c.grants, q.Type)}
	if q.Total {
		st.countSQL = c.prefix() + "SELECT count(*) FROM " + quote(q.Type.Table) + " t" + c.from.String() + " WHERE " + where
		st.counters = append([]binder(nil), c.binders...)
	}
	order := ""
	if q.Target.IsZero() {
		if order, err = c.order(); err != nil {
			return nil, err
		}
		order = " ORDER BY " + order + c.limit()
	}
	page := "SELECT t.* FROM " + quote(q.Type.Table) + " t" + c.from.String() + " WHERE " + where + order
	if st.includes, err = c.includeTree(); err != nil {
		return nil, err
	}
	st.paths = c.paths(st.includes)
	attributes, err := c.attributes(q.Type, "t")
	if err != nil {
		return nil, err
	}
	columns := []string{"t.id::text", "t.revision", "row_to_json(a)::text"}
	st.ones = c.ones(q.Type)
	for _, i := range st.ones {
		columns = append(columns, c.linked(q.Type, &q.Type.Relations[i], "t")+"::text")
	}
	for _, n := range st.includes {
		column, err := c.includeColumn(n)
		if err != nil {
			return nil, err
		}
		columns = append(columns, column)
	}
	st.sql = c.prefix() + "SELECT " + strings.Join(columns, ", ") + " FROM (" + page + ") t CROSS JOIN LATERAL (SELECT " +
		attributes + ") a"
	st.binders = c.binders
	return st, nil
}

// limit writes the size into the text: as a parameter its estimate would be a tenth of the table. One record more than
// the page holds tells whether there is a next page.
func (c *compiler) limit() string {
	if c.query.Size == 0 {
		return ""
	}
	s := fmt.Sprintf(" LIMIT %d", c.query.Size+1)
	if c.query.Number > 1 {
		s += " OFFSET " + c.arg(func(q *Query, _ *access.Caller) (any, error) {
			return int64(q.Number-1) * int64(q.Size), nil
		}) + "::bigint"
	}
	return s
}

func (c *compiler) prefix() string {
	if len(c.ctes) == 0 {
		return ""
	}
	parts := make([]string, len(c.ctes))
	for i, cte := range c.ctes {
		parts[i] = quote(cte.Name) + " AS MATERIALIZED (" + cte.SQL + ")"
	}
	return "WITH " + strings.Join(parts, ", ") + " "
}

// arg adds a parameter.
func (c *compiler) arg(b binder) string {
	c.binders = append(c.binders, b)
	return fmt.Sprintf("$%d", len(c.binders))
}

// value gives the parameter of one of the caller's values, with its type; each is sent once.
func (c *compiler) value(name string) string {
	if p, ok := c.context[name]; ok {
		return p
	}
	v := callerValues[name]
	p := c.arg(func(_ *Query, caller *access.Caller) (any, error) { return v.of(caller), nil }) + "::" + v.sql
	c.context[name] = p
	return p
}

func (c *compiler) alias(prefix string) string {
	c.aliases++
	return fmt.Sprintf("%s%d", prefix, c.aliases)
}

// language is the wire's language on this side. The storefront's stands in braces until localize, so that a statement
// without localized fields has no parameter for it.
func (c *compiler) language() resource.Language {
	switch {
	case c.side == access.Admin:
		return resource.Language{All: true}
	case c.plainLanguage:
		return resource.Language{Request: literal(resource.DefaultLanguage), Default: literal(resource.DefaultLanguage)}
	}
	return resource.Language{Request: "{language}", Default: "{defaultLanguage}"}
}

func (c *compiler) localize(expr string) (string, error) {
	if c.side == access.Admin {
		return expr, nil
	}
	return c.fill(expr, "{t}")
}

type callerValue struct {
	sql string
	of  func(*access.Caller) any
}

func optional(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// callerValues are the names that computed SQL may use in braces; see resource.Computed.
var callerValues = map[string]callerValue{
	"organization":    {"uuid", func(c *access.Caller) any { return optional(c.Organization) }},
	"customer":        {"uuid", func(c *access.Caller) any { return optional(c.Customer) }},
	"customers":       {"uuid[]", func(c *access.Caller) any { return c.Customers }},
	"customerUser":    {"uuid", func(c *access.Caller) any { return optional(c.CustomerUser) }},
	"customerGroup":   {"uuid", func(c *access.Caller) any { return optional(c.CustomerGroup) }},
	"website":         {"uuid", func(c *access.Caller) any { return optional(c.Website) }},
	"currency":        {"text", func(c *access.Caller) any { return optional(c.Currency) }},
	"language":        {"text", func(c *access.Caller) any { return c.Language }},
	"defaultLanguage": {"text", func(*access.Caller) any { return resource.DefaultLanguage }},
	"actor":           {"uuid", func(c *access.Caller) any { return optional(c.Actor.ID) }},
}

// fill replaces {t} and the caller's values in the SQL of a computed field.
func (c *compiler) fill(sql, alias string) (string, error) {
	var b strings.Builder
	for {
		open := strings.IndexByte(sql, '{')
		if open < 0 {
			b.WriteString(sql)
			return b.String(), nil
		}
		end := strings.IndexByte(sql[open:], '}')
		if end < 0 {
			return "", fmt.Errorf("computed SQL has an opening brace without a closing one: %s", sql)
		}
		name := sql[open+1 : open+end]
		b.WriteString(sql[:open])
		switch _, known := callerValues[name]; {
		case name == "t":
			b.WriteString(alias)
		case name == "now":
			b.WriteString("now()")
		case known:
			b.WriteString(c.value(name))
		default:
			b.WriteString("{" + name + "}") // a JSON or array literal such as '{}'
		}
		sql = sql[open+end+1:]
	}
}

// require puts the common table expressions of a computed field before the statement, each once.
func (c *compiler) require(ctes []resource.CTE) error {
next:
	for _, cte := range ctes {
		for _, have := range c.ctes {
			if have.Name == cte.Name {
				continue next
			}
		}
		sql, err := c.fill(cte.SQL, "")
		if err != nil {
			return err
		}
		c.ctes = append(c.ctes, resource.CTE{Name: cte.Name, SQL: sql})
	}
	return nil
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func literal(text string) string { return `'` + strings.ReplaceAll(text, `'`, `''`) + `'` }
