package record_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// queryCodes are the stable codes of what a query may be refused for.
var queryCodes = []string{"too_many", "invalid_page", "invalid_value", "invalid_id", "invalid_key", "no_key", "unknown_operator", "unknown_field", "unknown_type",
	"unknown_relation", "not_filterable", "not_searchable", "invalid_path", "forbidden"}

// TestAnyQueryIsAnsweredOrRefused reads by random queries, sound and unsound, with awkward values: each is answered, or
// refused with a code, and its statement is made of nothing but the words of the definitions.
func TestAnyQueryIsAnsweredOrRefused(t *testing.T) {
	w := newOwned(t)
	words := newWords(w.schema)
	rapid.Check(t, func(r *rapid.T) { anyQuery(r, w, words) })
}

// FuzzQuery does the same with what a fuzzer makes up.
func FuzzQuery(f *testing.F) {
	w := newOwned(f)
	words := newWords(w.schema)
	f.Fuzz(rapid.MakeFuzz(func(r *rapid.T) { anyQuery(r, w, words) }))
}

// newOwned lets customers have an owner among the staff, so that the level of one's own records has something to tell; an
// existing column stands in for it.
func newOwned(t testing.TB) *two {
	w := newTwo(t)
	var err error
	if w.schema, err = w.schema.With(resource.Extend("customers").With(resource.One("owner", "users").In("parent_id"))); err != nil {
		t.Fatal(err)
	}
	return w
}

func anyQuery(r *rapid.T, w *two, words *words) {
	side := rapid.SampledFrom([]access.Side{access.Admin, access.Storefront}).Draw(r, "side")
	caller := w.caller(side)
	if side == access.Admin && rapid.Bool().Draw(r, "role") {
		caller.Grants = access.NewGrants()
		for _, typ := range w.schema.Types() {
			caller.Grants.Allow(typ.Name, access.Read, rapid.SampledFrom([]access.Level{access.None, access.Own, access.BusinessUnit, access.OrganizationLevel}).Draw(r, typ.Name))
		}
	}
	caller.Language = rapid.SampledFrom([]string{"en", "de", "x'; --", ""}).Draw(r, "language")
	q := (&queries{r, w.schema, side, caller.Grants, rapid.IntRange(0, 4).Draw(r, "sound") > 0}).query()
	all, err := w.store.Statements(q, caller)
	if refusedQuery(r, err) {
		return
	}
	for _, st := range all {
		if fault := words.check(st.SQL); fault != "" {
			r.Fatalf("%s in\n%s", fault, st.SQL)
		}
	}
	var out bytes.Buffer
	doc := record.NewDocument(&out, "/api", q, false)
	if _, err := w.store.Read(context.Background(), w.pool, caller, q, doc.Add); refusedQuery(r, err) {
		return
	}
	if doc.Finish(nil, nil); !json.Valid(out.Bytes()) {
		r.Fatalf("no JSON: %s", out.Bytes())
	}
}

// refusedQuery fails the test for any error but a refusal with a code.
func refusedQuery(r *rapid.T, err error) bool {
	var refused *record.QueryError
	switch {
	case err == nil:
		return false
	case !errors.As(err, &refused):
		r.Fatalf("%v", err)
	case !slices.Contains(queryCodes, refused.Code):
		r.Fatalf("the code %q is not listed", refused.Code)
	}
	return true
}

// queries makes queries up.
type queries struct {
	*rapid.T
	schema *resource.Schema
	side   access.Side
	grants *access.Grants
	sound  bool // nothing in it is refused but for its values
}

var awkward = []string{"", "A", "theirs", "'", `"`, `\`, "$1", "$$", "{t}", "{organization}", "{", "}", "--", ";", "%", "_", "\x00", "\xff", "é", "😀", "..", "a..b", "0", "-1",
	"1.5", "1e9", "NaN", "99999999999999999999", "true", "x", "2026-11-24", "2026-02-30", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-10:00", "infinity", "EUR",
	"00000001-0000-7000-8000-000000000009", "key:", "key:a", "key:a|b", "key:a|b|c", "key:theirs|theirs|C62|EUR|0|", "key:%zz", "key:%00", "ext:", "ext:SAP:theirs", "ext::x",
	"theirs or -x", `"theirs`, "<->", "!", "a & b | !c", ":*", "enabled", strings.Repeat("x", 5000)}

func (g *queries) value() string {
	return rapid.OneOf(rapid.SampledFrom(awkward), rapid.String()).Draw(g.T, "value")
}

func (g *queries) types() (all []*resource.Type) {
	for _, t := range g.schema.Types() {
		if !g.sound || record.Readable(g.side, g.grants, t) {
			all = append(all, t)
		}
	}
	if all == nil {
		g.T.Skip("a role that may read nothing")
	}
	return all
}

func pick[V any](g *queries, what string, sound []V, unsound ...V) V {
	if !g.sound {
		sound = append(slices.Clone(sound), unsound...)
	}
	return rapid.SampledFrom(sound).Draw(g.T, what)
}

func (g *queries) query() *record.Query {
	q := &record.Query{Type: rapid.SampledFrom(g.types()).Draw(g.T, "type"), Size: pick(g, "size", []int{0, 1, 25, 100}, 101, -1),
		Number: pick(g, "number", []int{0, 1, 2, 1_000_000}, 1_000_001, -1), Total: rapid.Bool().Draw(g.T, "total"), MaxIncluded: pick(g, "most", []int{0, 100}, 1)}
	switch rapid.IntRange(0, 4).Draw(g.T, "by") {
	case 0:
		q.Target = g.ref()
	case 1:
		above := rapid.SampledFrom(g.types()).Draw(g.T, "above")
		if shown := g.shown(above, true); len(shown) > 0 {
			rel := rapid.SampledFrom(shown).Draw(g.T, "relation")
			q.Type, _ = g.schema.Type(rel.Target)
			q.Of = &record.Origin{Type: above, Target: g.ref(), Relation: rel.Name}
		}
	}
	searchable := slices.ContainsFunc(q.Type.Fields, func(f resource.Field) bool { return f.Weight != 0 })
	if (searchable || !g.sound) && rapid.Bool().Draw(g.T, "searches") {
		q.Search = g.value()
	}
	for range rapid.IntRange(0, 3).Draw(g.T, "filters") {
		path, operators := g.path(q.Type, 3)
		f := record.Filter{Path: path, Operator: pick(g, "operator", operators, append(slices.Clone(resource.Operators), "like")...)}
		for range pick(g, "values", []int{1}, 0, 2) {
			f.Values = append(f.Values, g.value())
		}
		switch f.Operator {
		case resource.In:
			f.Values = append(f.Values, g.value(), g.value())
		case resource.Exists:
			f.Values = []string{pick(g, "exists", []string{"true", "false"}, "perhaps")}
		case resource.Range:
			f.Values = []string{g.value() + ".." + g.value()}
		}
		q.Filters = append(q.Filters, f)
	}
	for range rapid.IntRange(0, 2).Draw(g.T, "sorts") {
		path, _ := g.path(q.Type, 3)
		q.Sort = append(q.Sort, record.Sort{Path: path, Descending: rapid.Bool().Draw(g.T, "down")})
	}
	for range rapid.IntRange(0, 3).Draw(g.T, "includes") {
		if path := g.relations(q.Type, 3); path != "" || !g.sound {
			q.Include = append(q.Include, path)
		}
	}
	if rapid.Bool().Draw(g.T, "sparse") {
		q.Fields = map[string][]string{q.Type.Name: {}}
		for range rapid.IntRange(0, 3).Draw(g.T, "fields") {
			name, _ := g.path(q.Type, 0)
			if name != "id" {
				q.Fields[q.Type.Name] = append(q.Fields[q.Type.Name], name)
			}
		}
	}
	return q
}

func (g *queries) ref() resource.Ref {
	for range 5 {
		if r, err := resource.ParseRef(g.value()); err == nil {
			return r
		}
	}
	return resource.Ref{ID: "00000001-0000-7000-8000-000000000009"}
}

// shown are the relations that the caller may see, or all.
func (g *queries) shown(t *resource.Type, many bool) (all []*resource.Relation) {
	for i := range t.Relations {
		r := &t.Relations[i]
		if (many || !r.ToMany) && (!g.sound || record.ShowsRelation(g.schema, g.side, g.grants, t, r)) {
			all = append(all, r)
		}
	}
	return all
}

// path leads over relations to a field or a relation, with the operators that are offered there.
func (g *queries) path(t *resource.Type, most int) (string, []resource.Operator) {
	if ones := g.shown(t, false); len(ones) > 0 && most > 0 && rapid.Bool().Draw(g.T, "further") {
		r := rapid.SampledFrom(ones).Draw(g.T, "over")
		target, _ := g.schema.Type(r.Target)
		rest, operators := g.path(target, most-1)
		return r.Name + "." + rest, operators
	}
	offered := map[string][]resource.Operator{"createdAt": resource.Time("x").Kind.Operators(), "id": {resource.Eq, resource.Neq, resource.In, resource.Exists}}
	for i := range t.Fields {
		if f := &t.Fields[i]; !g.sound || f.Filterable && record.Shows(g.side, g.grants, t, f) {
			offered[f.Name] = f.Kind.Operators()
		}
	}
	if !g.sound || most == 3 {
		for _, r := range g.shown(t, false) {
			offered[r.Name] = []resource.Operator{resource.Eq, resource.Neq, resource.In, resource.Exists}
			if target, _ := g.schema.Type(r.Target); record.Above(target) != nil {
				offered[r.Name] = append(offered[r.Name], resource.Below)
			}
		}
	}
	name := pick(g, "name", slices.Sorted(maps.Keys(offered)), append(slices.Clone(awkward), "externalIds", "custom", "organization_id", "search")...)
	if offered[name] == nil {
		return name, resource.Operators
	}
	return name, offered[name]
}

func (g *queries) relations(t *resource.Type, most int) string {
	shown := g.shown(t, true)
	if len(shown) == 0 || !g.sound && rapid.IntRange(0, 9).Draw(g.T, "odd") == 0 {
		return ""
	}
	r := rapid.SampledFrom(shown).Draw(g.T, "relation")
	target, _ := g.schema.Type(r.Target)
	if most > 1 && rapid.Bool().Draw(g.T, "further") {
		if rest := g.relations(target, most-1); rest != "" {
			return r.Name + "." + rest
		}
	}
	return r.Name
}

// words are what statements may be made of.
type words struct{ names, literals, plain map[string]bool }

var (
	token = regexp.MustCompile(`"(?:[^"]|"")*"|'(?:[^']|'')*'|\$[0-9]+|[A-Za-z_][A-Za-z0-9_]*|[0-9]+(?:\.[0-9]+)?|\s+|.`)
	alias = regexp.MustCompile(`^(t|a|x|s|w|e|[a-z]+[0-9]+)$`)
)

const keywords = `SELECT FROM WHERE AND OR NOT IS NULL TRUE true false IN ANY EXISTS WITH RECURSIVE AS MATERIALIZED UNION LEFT CROSS JOIN LATERAL ON ORDER BY DESC NULLS LAST
LIMIT OFFSET DISTINCT ILIKE AT TIME ZONE ARRAY CASE WHEN THEN ELSE END count id organization_id revision created_at updated_at custom type system external_id record_id search lexeme
row_to_json array_agg coalesce json_agg json_build_object to_char trim_scale websearch_to_tsquery to_tsquery to_tsvector quote_literal string_agg unnest ts_rank
jsonb_path_query_first uuid text bigint integer numeric boolean date timestamp with time zone jsonb json character varying double precision`

func newWords(schema *resource.Schema) *words {
	w := &words{names: map[string]bool{"externalIds": true, "createdAt": true, "updatedAt": true}, literals: map[string]bool{}, plain: map[string]bool{}}
	for _, k := range strings.Fields(keywords) {
		w.plain[k] = true
	}
	for _, l := range []string{"system", "id", "[]", "UTC", `YYYY-MM-DD"T"HH24:MI:SS.US"Z"`, "simple", ":*", " & ", "", "$.*", "{}", resource.DefaultLanguage} {
		w.literals["'"+l+"'"] = true
	}
	for _, t := range schema.Types() {
		w.names[t.Table], w.literals["'"+t.Name+"'"] = true, true
		for _, c := range append(slices.Clone(t.Admin.Conditions), t.Storefront.Conditions...) {
			w.literals["'"+c.Value+"'"] = true
		}
		for i := range t.Fields {
			f := &t.Fields[i]
			w.names[f.Name], w.names[f.Column] = true, true
			if f.Computed != nil {
				w.take(f.Computed.SQL)
				for _, cte := range f.Computed.With {
					w.names[cte.Name] = true
					w.take(cte.SQL)
				}
			}
		}
		for i := range t.Relations {
			w.names[t.Relations[i].Column] = true
		}
	}
	return w
}

// take adds the words of SQL that stands in a definition.
func (w *words) take(sql string) {
	for _, tok := range token.FindAllString(sql, -1) {
		switch {
		case tok[0] == '\'':
			w.literals[tok] = true
		case tok[0] == '"':
			w.names[strings.Trim(tok, `"`)] = true
		default:
			w.plain[tok] = true
		}
	}
}

// check names the first word of a statement that no definition has, "" if there is none.
func (w *words) check(sql string) string {
	for _, tok := range token.FindAllString(sql, -1) {
		switch c := tok[0]; {
		case c == '"' && len(tok) > 1:
			if !w.names[strings.Trim(tok, `"`)] {
				return fmt.Sprintf("the name %s", tok)
			}
		case c == '\'' && len(tok) > 1:
			if !w.literals[tok] {
				return fmt.Sprintf("the literal %s", tok)
			}
		case c == '$' && len(tok) > 1, c >= '0' && c <= '9', strings.TrimSpace(tok) == "":
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c == '_':
			if !w.plain[tok] && !alias.MatchString(tok) {
				return fmt.Sprintf("the word %s", tok)
			}
		case !strings.Contains("()[],.:=<>|@~*/+-#", tok):
			return fmt.Sprintf("the sign %q", tok)
		}
	}
	if strings.Contains(sql, "--") || strings.Contains(sql, "/*") {
		return "a comment"
	}
	return ""
}

// The check itself must see what it is there for.
func TestForeignWordsAreSeen(t *testing.T) {
	w := newWords(newTwo(t).schema)
	for _, sql := range []string{`SELECT "nothing"`, `SELECT 'x'`, "SELECT pg_sleep(1)", "SELECT 1; SELECT 1", "SELECT 1 -- x", `SELECT "product`, "SELECT $$x$$", "SELECT 'enabled"} {
		if w.check(sql) == "" {
			t.Errorf("nothing was seen in %s", sql)
		}
	}
	if fault := w.check(`SELECT t."sku" FROM "product" t WHERE t.organization_id = $1::uuid AND t."status" = 'enabled'::text LIMIT 26`); fault != "" {
		t.Error(fault)
	}
}
