package backoffice

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/resource"
)

// Edit is the form of one record of any resource, new or not.
type Edit struct {
	Title, Doc string
	Action     string
	CancelURL  string
	Revision   int64 // 0 for a new one
	Form       page.Form
	Fields     []page.Field
	// ReadOnly names what commands and computations set, so that nobody looks for it in the form.
	ReadOnly []string
}

// choices is up to how many records a reference offers as a list; above, its key is typed.
const choices = 50

func (o *Office) newRecord(w http.ResponseWriter, r *http.Request) error {
	t, err := o.readable(r)
	if err != nil || !o.may(r.Context(), t, access.Create) {
		return cmpErr(err, ErrNotFound)
	}
	return o.showForm(w, r, http.StatusOK, t, row{t: t}, page.Form{})
}

func (o *Office) editRecord(w http.ResponseWriter, r *http.Request) error {
	t, err := o.readable(r)
	if err != nil || !o.may(r.Context(), t, access.Update) {
		return cmpErr(err, ErrNotFound)
	}
	found, err := o.find(r.Context(), t, r.PathValue("id"))
	if err != nil {
		return err
	}
	return o.showForm(w, r, http.StatusOK, t, found, page.Form{})
}

func cmpErr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func (o *Office) showForm(w http.ResponseWriter, r *http.Request, status int, t *resource.Type, found row, form page.Form) error {
	words := o.words(r.Context())
	list := prefix + page.Path("records", t.Name)
	e := Edit{Doc: t.Doc, Action: list, CancelURL: list, Title: words.T("form.new", words.singular(t)), Revision: found.revision, Form: form}
	if found.id != "" {
		e.Action, e.CancelURL = recordURL(t.Name, found.id), recordURL(t.Name, found.id)
		e.Title = words.T("form.edit", found.label(words.Language().String()))
	}
	creating := found.id == ""
	if form.Values == nil && creating {
		e.Form.Values = defaults(t)
	}
	for _, f := range o.shownFields(r.Context(), t) {
		if f.Writable(creating) {
			e.Fields = append(e.Fields, words.inputs(t, f, found, e.Form)...)
		} else if !creating || f.Computed == nil {
			e.ReadOnly = append(e.ReadOnly, words.field(t, f.Name))
		}
	}
	for i := range t.Fields { // a password can be set though it is never shown
		if f := &t.Fields[i]; f.Secret && f.Writable(creating) {
			e.Fields = append(e.Fields, page.Field{ID: form.FieldID(f.Name), Name: f.Name, Label: words.field(t, f.Name),
				Kind: "password", Autocomplete: "new-password", Hint: words.T("form.secret"), Problem: form.Problem(f.Name)})
		}
	}
	for _, relation := range o.shownRelations(r.Context(), t, false) {
		if !relation.Writable(creating) {
			continue
		}
		field, err := o.reference(r.Context(), words, t, relation, found, e.Form)
		if err != nil {
			return err
		}
		e.Fields = append(e.Fields, field)
	}
	formView.Show(o.engine, w, r, status, o.frame(r, e.Title, words.typeName(t), list, e.Title), e)
	return nil
}

// defaults are the values that a new record starts with.
func defaults(t *resource.Type) url.Values {
	values := url.Values{}
	for _, f := range t.Fields {
		if f.Fallback != nil && f.Fallback.State == resource.Set {
			values.Set(f.Name, f.Fallback.Text)
		}
	}
	return values
}

// inputs are the controls of a field: one, or one a language.
func (w words) inputs(t *resource.Type, f *resource.Field, found row, form page.Form) []page.Field {
	if f.Kind.Name() == "localized" {
		return w.languageInputs(t, f, found, form)
	}
	in := page.Field{ID: form.FieldID(f.Name), Name: f.Name, Label: w.field(t, f.Name), Kind: "text", Hint: f.Text,
		Value: plain(found.values[f.Name], ""), Problem: form.Problem(f.Name), Required: f.Mandatory, Suffix: f.Measure, Autocomplete: "off"}
	if form.Values != nil {
		in.Value = form.Value(f.Name)
	}
	switch f.Kind.Name() {
	case "enum":
		in.Kind = "select"
		in.Options = w.options(f, in.Value)
	case "boolean":
		in.Kind = "checkbox"
	case "longText":
		in.Kind, in.Rows = "textarea", 4
	case "json", "list", "object":
		in.Kind, in.Rows, in.Mono = "textarea", 6, true
		if raw := found.values[f.Name]; form.Values == nil && len(raw) > 0 && string(raw) != "null" {
			in.Value = indent(raw)
		}
	case "decimal", "integer":
		in.Inputmode = "decimal"
	case "date":
		in.Kind = "date"
	case "email":
		in.Kind = "email"
	case "text":
		in.Mono = f.InKey
	}
	if most, ok := f.Kind.Schema(resource.Language{All: true})["maxLength"].(int); ok && most < 1000 {
		in.MaxLength = strconv.Itoa(most)
	}
	return []page.Field{in}
}

func (w words) options(f *resource.Field, chosen string) []page.Option {
	var options []page.Option
	if !f.Mandatory {
		options = append(options, page.Option{Text: "–"})
	}
	if e, ok := f.Kind.(resource.Enumeration); ok {
		for _, v := range e.Values() {
			options = append(options, page.Option{Value: v, Text: w.value(v), Selected: v == chosen})
		}
	}
	return options
}

// formLanguages are those that a localized field always offers, besides those it has.
var formLanguages = []string{"en", "de"}

func (w words) languageInputs(t *resource.Type, f *resource.Field, found row, form page.Form) []page.Field {
	var texts map[string]string
	// A value that is empty is no object, and null makes the map nil: then there are no texts.
	if json.Unmarshal(found.values[f.Name], &texts) != nil || texts == nil {
		texts = map[string]string{}
	}
	for _, l := range formLanguages {
		if _, ok := texts[l]; !ok {
			texts[l] = ""
		}
	}
	var list []page.Field
	for _, l := range languagesOf(texts) {
		name := f.Name + "." + l
		in := page.Field{ID: form.FieldID(name), Name: name, Kind: "text", Value: texts[l], Autocomplete: "off",
			Label:    w.field(t, f.Name) + " (" + display.Languages(w.Language()).Name(language.Make(l)) + ")",
			Required: f.Mandatory && l == resource.DefaultLanguage}
		if l == resource.DefaultLanguage {
			in.Hint, in.Problem = f.Text, form.Problem(name)
		}
		if form.Values != nil && form.Values.Has(name) {
			in.Value = form.Value(name)
		}
		if f.Name == "description" || !f.Filterable {
			in.Kind, in.Rows = "textarea", 3
		}
		list = append(list, in)
	}
	return list
}

// reference is the control of a to-one relation: a list where there are few targets, else their key as text.
func (o *Office) reference(ctx context.Context, w words, t *resource.Type, r *resource.Relation, found row, form page.Form) (page.Field, error) {
	target, _ := o.Records.Schema().Type(r.Target)
	in := page.Field{ID: form.FieldID(r.Name), Name: r.Name, Label: w.field(t, r.Name), Kind: "text", Hint: r.Text,
		Value: found.ones[r.Name], Problem: form.Problem(r.Name), Required: r.Mandatory, Autocomplete: "off"}
	if form.Values != nil {
		in.Value = form.Value(r.Name)
	}
	rows, _, err := o.load(ctx, &record.Query{Type: target, Size: choices + 1, Number: 1, Sort: defaultSort(target),
		Fields: map[string][]string{target.Name: labelFields(target)}})
	if err != nil {
		return in, err
	}
	if len(rows) <= choices {
		in.Kind = "select"
		if !r.Mandatory || in.Value == "" {
			in.Options = append(in.Options, page.Option{Text: "–"})
		}
		for _, x := range rows {
			in.Options = append(in.Options, page.Option{Value: x.id, Text: labelAndCode(x, w.Language().String()), Selected: x.id == in.Value})
		}
		return in, nil
	}
	in.Hint = w.T("form.reference", w.singular(target)) + " " + r.Text
	in.Mono = true
	if form.Values == nil && in.Value != "" && len(target.KeyOf) > 0 {
		in.Value, err = o.keyOf(ctx, target, in.Value)
	}
	return in, err
}

// keyOf is what a person types for a record: its key, where that is made of its own fields.
func (o *Office) keyOf(ctx context.Context, t *resource.Type, id string) (string, error) {
	if slices.ContainsFunc(t.KeyOf, func(name string) bool { _, own := t.Field(name); return !own }) {
		return id, nil
	}
	rows, _, err := o.load(ctx, &record.Query{Type: t, Target: resource.Ref{ID: id}, Fields: map[string][]string{t.Name: t.KeyOf}})
	if err != nil || len(rows) == 0 {
		return id, err
	}
	parts := make([]string, len(t.KeyOf))
	for i, name := range t.KeyOf {
		parts[i] = plain(rows[0].values[name], "")
	}
	key := resource.ByKey(parts...).String()
	return key[len("key:"):], nil
}

func labelAndCode(r row, language string) string {
	label, code := r.label(language), r.code()
	if code == "" || code == label {
		return label
	}
	return label + " (" + code + ")"
}
