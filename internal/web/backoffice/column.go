package backoffice

import (
	"cmp"
	"context"
	"slices"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// ColumnsNote is the key in a Type's Notes of the columns that its grid shows at first: a []string of wire names. Without
// it they are chosen by what the fields are.
const ColumnsNote = "backoffice.columns"

const firstColumns = 7

// columns are the fields and to-one relations that a grid shows: those asked for, as far as there are such, else the
// noted ones, else the most telling.
func (o *Office) columns(ctx context.Context, t *resource.Type, wanted []string) []string {
	possible := o.possibleColumns(ctx, t)
	if noted, ok := t.Notes[ColumnsNote].([]string); ok && len(wanted) == 0 {
		wanted = noted
	}
	var chosen []string
	for _, name := range wanted {
		if slices.Contains(possible, name) && !slices.Contains(chosen, name) {
			chosen = append(chosen, name)
		}
	}
	if chosen != nil {
		return chosen
	}
	ranked := slices.Clone(possible)
	slices.SortStableFunc(ranked, func(a, b string) int { return cmp.Compare(rank(t, b), rank(t, a)) })
	ranked = slices.DeleteFunc(ranked, func(name string) bool { return rank(t, name) == 0 })
	return ranked[:min(len(ranked), firstColumns)]
}

// possibleColumns are all that a grid can show, in the order of the definition.
func (o *Office) possibleColumns(ctx context.Context, t *resource.Type) []string {
	var names []string
	for _, f := range o.shownFields(ctx, t) {
		names = append(names, f.Name)
	}
	for _, r := range o.shownRelations(ctx, t, false) {
		names = append(names, r.Name)
	}
	return append(names, "createdAt", "updatedAt")
}

// rank says how much a column tells at a glance; 0 is not shown unless asked for.
func rank(t *resource.Type, name string) int {
	if i := slices.Index(t.KeyOf, name); i >= 0 {
		return 100 - i
	}
	if r, ok := t.Relation(name); ok {
		if r.Mandatory {
			return 65
		}
		return 35
	}
	f, ok := t.Field(name)
	if !ok {
		return map[string]int{"createdAt": 1}[name]
	}
	if f.Kind.Name() == "localized" && !f.Filterable {
		return 0
	}
	if f.Kind.Name() == "localized" && f.Mandatory { // what it is called, whatever the definition calls that
		return 90
	}
	switch name {
	case "name", "firstName", "lastName", "company":
		return 90
	case "status":
		return 70
	case "total", "onHand", "available", "amount":
		return 58
	}
	score := map[string]int{"time": 55, "date": 50, "decimal": 45, "enum": 44, "boolean": 40, "country": 32, "integer": 31,
		"email": 30, "text": 30, "currency": 29, "language": 20, "localized": 20}[f.Kind.Name()]
	if !f.Filterable { // no index serves it: it is less in use
		score /= 2
	}
	return score
}

// sortable tells whether a grid can be sorted by a column; relations and what no index serves cannot.
func sortable(t *resource.Type, name string) bool {
	if f, ok := t.Field(name); ok {
		return f.Filterable
	}
	return name == "createdAt" || name == "updatedAt"
}

// isNumber tells whether a column stands at the right.
func isNumber(t *resource.Type, name string) bool {
	f, ok := t.Field(name)
	return ok && slices.Contains([]string{"decimal", "integer", "object"}, f.Kind.Name())
}

// searchable tells whether a type has a full-text search.
func searchable(t *resource.Type) bool {
	return slices.ContainsFunc(t.Fields, func(f resource.Field) bool { return f.Weight != 0 })
}

// defaultSort puts facts newest first and all else in the order of its key.
func defaultSort(t *resource.Type) []record.Sort {
	if t.Ledger {
		return []record.Sort{{Path: "createdAt", Descending: true}}
	}
	if len(t.KeyOf) > 0 {
		if f, ok := t.Field(t.KeyOf[0]); ok && f.Filterable {
			return []record.Sort{{Path: f.Name}}
		}
	}
	return nil
}
