package backoffice

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/resource"
)

// Record is the page of one record of any resource.
type Record struct {
	Kind, Title, Code string // "Product", "Chai", "NW-001"
	Status            Cell
	Pairs             []Pair // short values and references
	Texts             []Text // long ones
	Tables            []Table
	External          []External
	ID                string
	Revision          int64
	Created, Updated  Cell
	Related           []Related
	History           []Happening
	EditURL           string // empty where the user may not change it
	DeleteURL         string
	Actions           []ActionLink
	TraceURL          string // of an order's whole way; empty for other records
	PaperURL          string // of an invoice as a PDF; empty for other records
}

// Pair is a field with its value.
type Pair struct {
	Label, Doc string
	Cell       Cell
}

// Text is a long value.
type Text struct {
	Label, Text string
	Code        bool
}

// Table is a value that is a list of objects.
type Table struct {
	Label string
	Heads []string
	Rows  [][]string
}

// External is a name of the record in another system.
type External struct {
	System string `json:"system"`
	ID     string `json:"id"`
}

// Related are the records of a to-many relation, the first of them.
type Related struct {
	Title, AllURL string
	Total         int
	Columns       []Column
	Rows          []GridRow
}

// relatedRows is how many of a to-many relation the page shows.
const relatedRows = 10

func (o *Office) record(w http.ResponseWriter, r *http.Request) error {
	t, err := o.readable(r)
	if err != nil {
		return err
	}
	found, err := o.find(r.Context(), t, r.PathValue("id"))
	if err != nil {
		return err
	}
	words := o.words(r.Context())
	rec := words.recordPage(o.shownFields(r.Context(), t), o.shownRelations(r.Context(), t, false), found)
	base := recordURL(t.Name, found.id)
	if o.may(r.Context(), t, access.Update) {
		rec.EditURL = base + "/edit"
	}
	if o.may(r.Context(), t, access.Delete) {
		rec.DeleteURL = base + "/delete"
	}
	if t.Name == "orders" {
		rec.TraceURL = base + "/trace"
	}
	if t.Name == "invoices" {
		rec.PaperURL = base + "/paper"
	}
	rec.Actions = o.actions(r.Context(), t, found.id)
	if rec.Related, err = o.related(r.Context(), words, found); err != nil {
		return err
	}
	if rec.History, err = o.history(r.Context(), words, found); err != nil {
		return err
	}
	list := words.typeName(t)
	recordView.Show(o.engine, w, r, http.StatusOK, o.frame(r, rec.Title, list, prefix+page.Path("records", t.Name), rec.Title), rec)
	return nil
}

// find reads one record with the names of all it refers to. Wherever an id is accepted, a key or external id is too.
func (o *Office) find(ctx context.Context, t *resource.Type, ref string) (row, error) {
	target, err := resource.ParseRef(ref)
	if err != nil {
		return row{}, ErrNotFound
	}
	var relations []string
	for _, r := range o.shownRelations(ctx, t, false) {
		relations = append(relations, r.Name)
	}
	rows, _, err := o.load(ctx, &record.Query{Type: t, Target: target}, relations...)
	if err != nil {
		return row{}, err
	}
	if len(rows) == 0 {
		return row{}, ErrNotFound
	}
	return rows[0], nil
}

func (w words) recordPage(fields []*resource.Field, relations []*resource.Relation, r row) Record {
	rec := Record{Kind: w.singular(r.t), Title: r.label(w.Language().String()), Code: r.code(), ID: r.id, Revision: r.revision,
		Created: w.cell(r, "createdAt"), Updated: w.cell(r, "updatedAt")}
	if rec.Code == rec.Title {
		rec.Code = ""
	}
	for _, f := range fields {
		raw := r.values[f.Name]
		switch kind := f.Kind.Name(); {
		case f.Name == "status":
			rec.Status = w.cell(r, f.Name)
		case kind == "list":
			if t := table(raw); len(t.Rows) > 0 {
				t.Label = w.field(r.t, f.Name)
				for i, head := range t.Heads {
					t.Heads[i] = w.named("field.", head)
				}
				rec.Tables = append(rec.Tables, t)
			}
		case kind == "localized" && f.Filterable:
			for _, text := range w.texts(r.t, f, raw) {
				rec.Pairs = append(rec.Pairs, Pair{text.Label, f.Text, Cell{Kind: "text", Text: text.Text}})
			}
		case kind == "longText" || kind == "json" || kind == "localized":
			rec.Texts = append(rec.Texts, w.texts(r.t, f, raw)...)
		default:
			rec.Pairs = append(rec.Pairs, Pair{w.field(r.t, f.Name), f.Text, w.cell(r, f.Name)})
		}
	}
	for _, relation := range relations {
		rec.Pairs = append(rec.Pairs, Pair{w.field(r.t, relation.Name), relation.Text, w.cell(r, relation.Name)})
	}
	// An externalIds that cannot be read is shown as none; the record's own page must not fail on it.
	_ = json.Unmarshal(r.values["externalIds"], &rec.External)
	return rec
}

// texts shows a long value: of a localized one a text a language, of JSON its indented form.
func (w words) texts(t *resource.Type, f *resource.Field, raw json.RawMessage) []Text {
	label := w.field(t, f.Name)
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	switch f.Kind.Name() {
	case "json":
		return []Text{{Label: label, Text: indent(raw), Code: true}}
	case "localized":
		var texts map[string]string
		if json.Unmarshal(raw, &texts) != nil {
			break
		}
		var list []Text
		for _, language := range languagesOf(texts) {
			if texts[language] != "" {
				list = append(list, Text{Label: label + " (" + language + ")", Text: texts[language]})
			}
		}
		return list
	}
	return []Text{{Label: label, Text: plain(raw, "")}}
}

// languagesOf are the languages of a text, the default one first.
func languagesOf(texts map[string]string) []string {
	languages := []string{resource.DefaultLanguage}
	for l := range texts {
		if l != resource.DefaultLanguage {
			languages = append(languages, l)
		}
	}
	slices.Sort(languages[1:])
	return languages
}

// related reads the first records of each to-many relation.
func (o *Office) related(ctx context.Context, w words, r row) ([]Related, error) {
	var list []Related
	for _, relation := range o.shownRelations(ctx, r.t, true) {
		target, _ := o.Records.Schema().Type(relation.Target)
		names := o.columns(ctx, target, nil)
		names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == relation.Inverse })
		q := &record.Query{Type: target, Of: &record.Origin{Type: r.t, Target: resource.Ref{ID: r.id}, Relation: relation.Name},
			Size: relatedRows, Number: 1, Total: true}
		rows, answer, err := o.load(ctx, q, names...)
		if err != nil {
			return nil, err
		}
		part := Related{Title: w.field(r.t, relation.Name), Total: int(answer.Total),
			AllURL: page.WithQuery(prefix+page.Path("records", target.Name), nil, "filter", relation.Inverse+":eq:"+r.id)}
		for _, name := range names {
			part.Columns = append(part.Columns, Column{Name: name, Label: w.field(target, name), Number: isNumber(target, name)})
		}
		for _, x := range rows {
			part.Rows = append(part.Rows, w.gridRow(x, names))
		}
		list = append(list, part)
	}
	return list, nil
}
