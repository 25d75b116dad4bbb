package backoffice

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/resource"
)

func (o *Office) createRecord(w http.ResponseWriter, r *http.Request) error {
	t, err := o.readable(r)
	if err != nil || !o.may(r.Context(), t, access.Create) {
		return cmpErr(err, ErrNotFound)
	}
	return o.save(w, r, t, row{t: t})
}

func (o *Office) updateRecord(w http.ResponseWriter, r *http.Request) error {
	t, err := o.readable(r)
	if err != nil || !o.may(r.Context(), t, access.Update) {
		return cmpErr(err, ErrNotFound)
	}
	found, err := o.find(r.Context(), t, r.PathValue("id"))
	if err != nil {
		return err
	}
	return o.save(w, r, t, found)
}

// save writes what the form holds, or shows it again with what is wrong.
func (o *Office) save(w http.ResponseWriter, r *http.Request, t *resource.Type, found row) error {
	if err := r.ParseForm(); err != nil {
		return o.showForm(w, r, http.StatusBadRequest, t, found, page.Form{})
	}
	change, problems := o.readForm(r, t, found)
	form := page.Form{Values: r.PostForm, Problems: problems}
	if problems == nil {
		operation := record.Create
		if found.id != "" {
			operation = record.Update
			change.Target = resource.Ref{ID: found.id}
			// A revision that is no number is none: then the last one to save wins, as without the field.
			change.Revision, _ = strconv.ParseInt(r.PostForm.Get("revision"), 10, 64)
		}
		batch := &record.Batch{}
		batch.Add(t, operation, change)
		if err := o.Records.Apply(r.Context(), batch); err != nil {
			return err
		}
		form.Problems = o.faults(r, t, change.Faults)
	}
	if form.Problems != nil {
		return o.showForm(w, r, http.StatusUnprocessableEntity, t, found, form)
	}
	key := map[record.Outcome]string{record.Created: "form.created", record.Unchanged: "form.unchanged"}[change.Outcome]
	if key == "" {
		key = "form.updated"
	}
	page.Tell(w, r, "good", key)
	http.Redirect(w, r, recordURL(t.Name, change.ID), http.StatusSeeOther)
	return nil
}

func (o *Office) deleteRecord(w http.ResponseWriter, r *http.Request) error {
	t, err := o.readable(r)
	if err != nil || !o.may(r.Context(), t, access.Delete) {
		return cmpErr(err, ErrNotFound)
	}
	found, err := o.find(r.Context(), t, r.PathValue("id"))
	if err != nil {
		return err
	}
	change := &record.Change{Target: resource.Ref{ID: found.id}}
	batch := &record.Batch{}
	batch.Add(t, record.Delete, change)
	if err := o.Records.Apply(r.Context(), batch); err != nil {
		return err
	}
	if len(change.Faults) > 0 {
		page.Tell(w, r, "bad", "form.notDeleted", change.Faults[0].Detail)
		http.Redirect(w, r, recordURL(t.Name, found.id), http.StatusSeeOther)
		return nil
	}
	page.Tell(w, r, "good", "form.deleted", clip(found.label(o.words(r.Context()).Language().String()), 80))
	http.Redirect(w, r, prefix+page.Path("records", t.Name), http.StatusSeeOther)
	return nil
}

// readForm makes a change of the form's fields. Only fields that the form offers are read, so nobody sends more.
func (o *Office) readForm(r *http.Request, t *resource.Type, found row) (*record.Change, []page.Problem) {
	creating := found.id == ""
	change := &record.Change{Values: t.NewRecord()}
	var problems []page.Problem
	for i := range t.Fields {
		f := &t.Fields[i]
		if !f.Writable(creating) || !f.Secret && !record.Shows(access.Admin, o.Records.Grants(r.Context()), t, f) {
			continue
		}
		value, err := readField(f, r.PostForm)
		if err != nil {
			problems = append(problems, page.Problem{Field: problemField(f), Text: o.words(r.Context()).field(t, f.Name) + ": " + err.Error()})
			continue
		}
		if creating && value.State == resource.Null {
			value = resource.Value{} // nothing was said: the default counts
		}
		change.Values[i] = value
	}
	for _, relation := range o.shownRelations(r.Context(), t, false) {
		if !relation.Writable(creating) || !r.PostForm.Has(relation.Name) {
			continue
		}
		text := strings.TrimSpace(r.PostForm.Get(relation.Name))
		switch _, err := resource.ParseRef(text); {
		case text == "" && !creating:
			change.Values[t.At(relation.Name)] = resource.Cleared
		case text == "":
		case err != nil: // people type the bare key
			change.Values[t.At(relation.Name)] = resource.Of("key:" + text)
		default:
			change.Values[t.At(relation.Name)] = resource.Of(text)
		}
	}
	return change, problems
}

// readField reads one field's controls. An unchecked box is not sent at all.
func readField(f *resource.Field, values url.Values) (resource.Value, error) {
	switch f.Kind.Name() {
	case "localized":
		return readLanguages(f, values)
	case "boolean":
		return resource.Of(strconv.FormatBool(values.Get(f.Name) == "true")), nil
	}
	text := strings.TrimSpace(values.Get(f.Name))
	switch {
	case !values.Has(f.Name), f.Secret && text == "":
		return resource.Value{}, nil
	case text == "":
		return resource.Cleared, nil
	}
	canonical, err := f.Kind.ParseText(text)
	return resource.Of(canonical), err
}

func readLanguages(f *resource.Field, values url.Values) (resource.Value, error) {
	texts, filled := map[string]any{}, false
	for name, list := range values {
		language, ok := strings.CutPrefix(name, f.Name+".")
		if !ok {
			continue
		}
		texts[language] = nil // an emptied language is removed
		if s := strings.TrimSpace(list[0]); s != "" {
			texts[language], filled = s, true
		}
	}
	if len(texts) == 0 {
		return resource.Value{}, nil
	}
	if !filled {
		return resource.Cleared, nil
	}
	canonical, err := f.Kind.Parse(texts)
	return resource.Of(canonical), err
}

// faults turns what the store refused into problems beside the form's controls.
func (o *Office) faults(r *http.Request, t *resource.Type, faults []resource.Violation) []page.Problem {
	var problems []page.Problem
	w := o.words(r.Context())
	for _, v := range faults {
		p := page.Problem{Text: v.Detail}
		name, _, _ := strings.Cut(v.Field, ".")
		if f, ok := t.Field(name); ok {
			p = page.Problem{Field: problemField(f), Text: w.field(t, name) + ": " + v.Detail}
		} else if _, ok := t.Relation(name); ok {
			p = page.Problem{Field: name, Text: w.field(t, name) + ": " + v.Detail}
		}
		problems = append(problems, p)
	}
	return problems
}

// problemField is the control that a problem of a field stands at.
func problemField(f *resource.Field) string {
	if f.Kind.Name() == "localized" {
		return f.Name + "." + resource.DefaultLanguage
	}
	return f.Name
}
