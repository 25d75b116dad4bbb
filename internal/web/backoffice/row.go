package backoffice

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/resource"
)

// row is a record as the store gave it.
type row struct {
	t        *resource.Type
	id       string
	revision int64
	values   map[string]json.RawMessage // attributes by wire name
	ones     map[string]string          // ids by to-one relation
	labels   map[string]string          // what the records of those ids are called
}

// load reads records and names the targets of the to-one relations given.
func (o *Office) load(ctx context.Context, q *record.Query, relations ...string) ([]row, *record.Answer, error) {
	o.includeLabels(q, relations)
	var rows []row
	answer, err := o.Records.Read(ctx, q, func(a *record.Answer, r *record.Row) error {
		w := row{t: a.Type, id: string(r.ID), revision: r.Revision, ones: map[string]string{}, labels: map[string]string{}}
		if err := json.Unmarshal(r.Attributes, &w.values); err != nil {
			return fmt.Errorf("%s %s: %w", a.Type.Name, w.id, err)
		}
		for _, one := range r.Ones {
			if one.ID != nil {
				w.ones[one.Relation.Name] = string(one.ID)
			}
		}
		for i, path := range a.Paths {
			if len(r.Includes[i]) == 0 || path.Parent != "" {
				continue
			}
			target := row{t: path.Target, id: r.Includes[i][0].ID}
			if err := json.Unmarshal([]byte(r.Includes[i][0].Attributes), &target.values); err != nil {
				return fmt.Errorf("%s %s: %w", path.Target.Name, target.id, err)
			}
			w.labels[path.Name] = target.label(page.LanguageOf(ctx).String())
		}
		rows = append(rows, w)
		return nil
	})
	return rows, answer, err
}

// includeLabels asks for the related records' names and no more of them.
func (o *Office) includeLabels(q *record.Query, relations []string) {
	for _, name := range relations {
		r, ok := q.Type.Relation(name)
		if !ok || r.ToMany {
			continue
		}
		q.Include = append(q.Include, name)
		target, ok := o.Records.Schema().Type(r.Target)
		if !ok || target.Name == q.Type.Name {
			continue // its sparse fieldset would be that of the primary records
		}
		if q.Fields == nil {
			q.Fields = map[string][]string{}
		}
		q.Fields[target.Name] = labelFields(target)
	}
}

// labelFields are those that say to a person which record it is: its name, and its key.
func labelFields(t *resource.Type) []string {
	var names []string
	for _, name := range []string{"name", "company", "firstName", "lastName"} {
		if _, ok := t.Field(name); ok {
			names = append(names, name)
		}
	}
	for _, name := range t.KeyOf {
		if _, ok := t.Field(name); ok && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for i := 0; i < len(t.Fields) && len(names) == 0; i++ {
		if f := &t.Fields[i]; f.Computed == nil && !f.Secret {
			names = append(names, f.Name)
		}
	}
	return names
}

// label is what the record is called; without any name, the beginning of its id.
func (r row) label(language string) string {
	var parts []string
	for _, name := range []string{"name", "company", "firstName", "lastName"} {
		if s := plain(r.values[name], language); s != "" {
			parts = append(parts, s)
		}
	}
	if parts == nil {
		if code := r.code(); code != "" {
			return code
		}
		for _, name := range labelFields(r.t) {
			if s := plain(r.values[name], language); s != "" {
				return s
			}
		}
		return "…" + r.id[max(0, len(r.id)-12):] // the end of a UUIDv7 differs, its beginning is the time
	}
	return strings.Join(parts, " ")
}

// code is the record's natural key, as far as its own fields are in it.
func (r row) code() string {
	var parts []string
	for _, name := range r.t.KeyOf {
		if s := plain(r.values[name], ""); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " · ")
}

// plain reads a JSON value as one text: of a localized one the language asked for, else English, else any.
func plain(raw json.RawMessage, language string) string {
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var texts map[string]string
	if json.Unmarshal(raw, &texts) == nil {
		return inLanguage(texts, language)
	}
	return string(raw)
}

func inLanguage(texts map[string]string, language string) string {
	for _, l := range []string{language, resource.DefaultLanguage} {
		if s := texts[l]; s != "" {
			return s
		}
	}
	first := ""
	for l := range texts {
		if first == "" || l < first {
			first = l
		}
	}
	return texts[first]
}

// may tells whether the user may do something to a type at all.
func (o *Office) may(ctx context.Context, t *resource.Type, action access.Action) bool {
	exposed := map[access.Action]bool{access.Read: t.Admin.Read, access.Create: t.Admin.Create,
		access.Update: t.Admin.Update, access.Delete: t.Admin.Delete}[action]
	return exposed && o.Records.Grants(ctx).Level(t.Name, action) > access.None
}

// shownFields are the fields that the user may see.
func (o *Office) shownFields(ctx context.Context, t *resource.Type) []*resource.Field {
	var fields []*resource.Field
	for i := range t.Fields {
		if record.Shows(access.Admin, o.Records.Grants(ctx), t, &t.Fields[i]) {
			fields = append(fields, &t.Fields[i])
		}
	}
	return fields
}

// shownRelations are the relations that the user may see, of one multiplicity.
func (o *Office) shownRelations(ctx context.Context, t *resource.Type, many bool) []*resource.Relation {
	var relations []*resource.Relation
	for i := range t.Relations {
		if t.Relations[i].ToMany == many && record.ShowsRelation(o.Records.Schema(), access.Admin, o.Records.Grants(ctx), t, &t.Relations[i]) {
			relations = append(relations, &t.Relations[i])
		}
	}
	return relations
}
