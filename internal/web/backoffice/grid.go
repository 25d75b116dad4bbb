package backoffice

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/resource"
)

// Grid is a page of records of any resource.
type Grid struct {
	Title, Doc string
	Action     string // this page without its query
	NewURL     string // empty where none can be made
	Columns    []Column
	Rows       []GridRow
	Total      int
	Pager      page.Pager

	Searchable bool
	Search     string
	Quick      []Quick
	Active     []ActiveFilter
	ClearURL   string
	Fields     []page.Option // to add a filter by
	Operators  []page.Option
	Chooser    []page.Choice // every possible column
	Kept       []Kept        // parameters that the search form hands on
	// Problem says which filter the definitions do not allow; the rows are empty then.
	Problem string
}

// Column is the head of one.
type Column struct {
	Name, Label string
	Number      bool
	SortURL     string // empty where it cannot be sorted
	Sorted      string // "ascending" or "descending"
}

// GridRow is one record.
type GridRow struct {
	URL, Label string
	Cells      []Cell
}

// Quick is a filter that offers all its values.
type Quick struct {
	Name, Label string
	Options     []page.Option
}

// ActiveFilter is a filter that is set, with the address without it.
type ActiveFilter struct{ Text, RemoveURL string }

// Kept is a parameter of the address that a form hands on.
type Kept struct{ Name, Value string }

func (o *Office) grid(w http.ResponseWriter, r *http.Request) error {
	t, err := o.readable(r)
	if err != nil {
		return err
	}
	if t.Name == "exchanges" {
		http.Redirect(w, r, prefix+"/exchanges", http.StatusSeeOther)
		return nil
	}
	path := prefix + page.Path("records", t.Name)
	if changed, ok := addedFilter(r.URL.Query()); ok {
		http.Redirect(w, r, without(path, changed, "", ""), http.StatusSeeOther)
		return nil
	}
	grid, err := o.makeGrid(r.Context(), t, path, r.URL.Query())
	if err != nil {
		return err
	}
	status := http.StatusOK
	if grid.Problem != "" {
		status = http.StatusUnprocessableEntity
	}
	gridView.Show(o.engine, w, r, status, o.frame(r, grid.Title, grid.Title), grid)
	return nil
}

// readable finds the type of the address; what the user may not read is not there.
func (o *Office) readable(r *http.Request) (*resource.Type, error) {
	t, ok := o.Records.Schema().Type(r.PathValue("type"))
	if !ok || !o.may(r.Context(), t, access.Read) {
		return nil, ErrNotFound
	}
	return t, nil
}

func (o *Office) makeGrid(ctx context.Context, t *resource.Type, path string, values url.Values) (Grid, error) {
	w := o.words(ctx)
	q := gridQuery(t, values)
	names := o.columns(ctx, t, values["columns"])
	g := Grid{Title: w.typeName(t), Doc: t.Doc, Action: path, Searchable: searchable(t), Search: q.Search}
	if o.may(ctx, t, access.Create) {
		g.NewURL = path + "/new"
	}
	g.Columns = w.heads(t, path, values, q, names)
	o.offerFilters(ctx, w, t, path, values, &g)
	for _, name := range o.possibleColumns(ctx, t) {
		g.Chooser = append(g.Chooser, page.Choice{Value: name, Text: w.field(t, name), Current: slices.Contains(names, name)})
	}
	rows, answer, err := o.load(ctx, q, names...)
	var refused *record.QueryError
	if errors.As(err, &refused) {
		g.Problem = refused.Detail
		return g, nil
	}
	if err != nil {
		return g, err
	}
	for _, r := range rows {
		g.Rows = append(g.Rows, w.gridRow(r, names))
	}
	g.Total = int(answer.Total)
	g.Pager = page.Pages(path, values, q.Number, q.Size, g.Total)
	return g, nil
}

func (w words) gridRow(r row, names []string) GridRow {
	g := GridRow{URL: recordURL(r.t.Name, r.id), Label: r.label(w.Language().String())}
	for _, name := range names {
		g.Cells = append(g.Cells, w.cell(r, name))
	}
	return g
}

func (w words) heads(t *resource.Type, path string, values url.Values, q *record.Query, names []string) []Column {
	var columns []Column
	for _, name := range names {
		c := Column{Name: name, Label: w.field(t, name), Number: isNumber(t, name)}
		if sortable(t, name) {
			next := name
			if len(q.Sort) > 0 && q.Sort[0].Path == name {
				c.Sorted = map[bool]string{false: "ascending", true: "descending"}[q.Sort[0].Descending]
				next = map[bool]string{false: "-" + name, true: name}[q.Sort[0].Descending]
			}
			c.SortURL = page.WithQuery(path, values, "sort", next, "page", "")
		}
		columns = append(columns, c)
	}
	return columns
}

func (o *Office) offerFilters(ctx context.Context, w words, t *resource.Type, path string, values url.Values, g *Grid) {
	for _, f := range o.shownFields(ctx, t) {
		if f.Filterable {
			g.Fields = append(g.Fields, page.Option{Value: f.Name, Text: w.field(t, f.Name)})
		}
		if isQuick(f) && len(g.Quick) < 3 {
			g.Quick = append(g.Quick, w.quick(t, f, values.Get(quickPrefix+f.Name)))
		}
	}
	for _, r := range o.shownRelations(ctx, t, false) {
		if target, ok := o.Records.Schema().Type(r.Target); ok && len(target.KeyOf) == 1 {
			g.Fields = append(g.Fields, page.Option{Value: r.Name + "." + target.KeyOf[0], Text: w.field(t, r.Name)})
		}
	}
	for _, op := range resource.Operators {
		g.Operators = append(g.Operators, page.Option{Value: string(op), Text: w.named("operator.", string(op))})
	}
	for _, f := range values["filter"] {
		if parsed, ok := parseFilter(f); ok {
			g.Active = append(g.Active, ActiveFilter{Text: w.filterText(t, parsed), RemoveURL: without(path, values, "filter", f)})
		}
	}
	filtered := len(g.Active) > 0 || g.Search != ""
	for name, list := range values {
		if strings.HasPrefix(name, quickPrefix) && list[0] != "" {
			filtered = true
		}
	}
	if filtered {
		g.ClearURL = path
	}
	for _, name := range []string{"filter", "columns", "sort"} {
		for _, v := range values[name] {
			g.Kept = append(g.Kept, Kept{name, v})
		}
	}
}

func (w words) quick(t *resource.Type, f *resource.Field, chosen string) Quick {
	q := Quick{Name: quickPrefix + f.Name, Label: w.field(t, f.Name), Options: []page.Option{{Text: w.T("grid.any")}}}
	options := []string{"true", "false"}
	if e, ok := f.Kind.(resource.Enumeration); ok {
		options = e.Values()
	}
	for _, v := range options {
		text := v
		if f.Kind.Name() == "boolean" {
			text = map[string]string{"true": "yes", "false": "no"}[v]
		}
		q.Options = append(q.Options, page.Option{Value: v, Text: w.value(text), Selected: v == chosen})
	}
	return q
}

func (w words) filterText(t *resource.Type, f record.Filter) string {
	name, _, _ := strings.Cut(f.Path, ".")
	value := strings.Join(f.Values, ", ")
	if field, ok := t.Field(f.Path); ok {
		if _, enum := field.Kind.(resource.Enumeration); enum {
			value = w.value(value)
		}
	}
	return w.field(t, name) + " " + w.named("operator.", string(f.Operator)) + " " + clip(value, 40)
}
