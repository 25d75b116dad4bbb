package backoffice

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/resource"
)

// Action is the form of a command on a record; it is derived from the command's definition.
type Action struct {
	Title, Doc, Name  string
	Of                Link // the record
	Action, CancelURL string
	Form              page.Form
	Fields            []page.Field
}

// ActionLink leads to the form of a command.
type ActionLink struct{ Label, Doc, URL string }

// actions are the commands that the user may run on records of a type.
func (o *Office) actions(ctx context.Context, t *resource.Type, id string) []ActionLink {
	var links []ActionLink
	w := o.words(ctx)
	for _, c := range o.Records.Schema().Commands() {
		if c.On == t.Name && o.mayRun(ctx, c) {
			links = append(links, ActionLink{w.command(c), c.Doc, recordURL(t.Name, id) + "/actions/" + c.Name})
		}
	}
	return links
}

func (o *Office) mayRun(ctx context.Context, c *resource.Command) bool {
	return c.Admin && o.Records.Grants(ctx).Level(c.On, access.Action(c.Name)) > access.None
}

// command names a command; a text for the type's own goes before the general one.
func (w words) command(c *resource.Command) string {
	if s, ok := w.Find("command." + c.On + "." + c.Name); ok {
		return s
	}
	return w.named("command.", c.Name)
}

// asked finds the command and the record that a request is about.
func (o *Office) asked(r *http.Request) (*resource.Command, row, error) {
	t, err := o.readable(r)
	if err != nil {
		return nil, row{}, err
	}
	c, ok := o.Records.Schema().Command(t.Name, r.PathValue("command"))
	if !ok || !o.mayRun(r.Context(), c) {
		return nil, row{}, ErrNotFound
	}
	found, err := o.find(r.Context(), t, r.PathValue("id"))
	return c, found, err
}

func (o *Office) actionForm(w http.ResponseWriter, r *http.Request) error {
	c, found, err := o.asked(r)
	if err != nil {
		return err
	}
	return o.showAction(w, r, http.StatusOK, c, found, page.Form{})
}

func (o *Office) showAction(w http.ResponseWriter, r *http.Request, status int, c *resource.Command, found row, form page.Form) error {
	words := o.words(r.Context())
	here := recordURL(found.t.Name, found.id)
	a := Action{Title: words.command(c), Doc: c.Doc, Name: c.Name, Action: here + "/actions/" + c.Name, CancelURL: here, Form: form,
		Of: Link{found.label(words.Language().String()), here}}
	if form.Values == nil {
		a.Form.Values = defaults(&resource.Type{Fields: c.Input})
	}
	for i := range c.Input {
		f := &c.Input[i]
		fields := words.inputs(found.t, f, row{t: found.t}, a.Form)
		if f.Secret {
			fields[0].Kind, fields[0].Value, fields[0].Autocomplete = "password", "", "new-password"
		}
		a.Fields = append(a.Fields, fields...)
	}
	actionView.Show(o.engine, w, r, status, o.frame(r, a.Title, words.typeName(found.t), prefix+page.Path("records", found.t.Name),
		a.Of.Text, here, a.Title), a)
	return nil
}

func (o *Office) runAction(w http.ResponseWriter, r *http.Request) error {
	c, found, err := o.asked(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return o.showAction(w, r, http.StatusBadRequest, c, found, page.Form{})
	}
	input, problems := o.readInput(r, found.t, c)
	result := ""
	if problems == nil {
		result, err = o.Records.Run(r.Context(), c, found.id, input)
		if problems, err = o.refusals(r.Context(), found.t, c, err); err != nil {
			return err
		}
	}
	if problems != nil {
		values := r.PostForm
		for _, f := range c.Input {
			if f.Secret {
				values.Del(f.Name)
			}
		}
		return o.showAction(w, r, http.StatusUnprocessableEntity, c, found, page.Form{Values: values, Problems: problems})
	}
	page.Tell(w, r, "good", "action.done", o.words(r.Context()).command(c))
	target := recordURL(found.t.Name, found.id)
	if c.Result != "" && result != "" && c.Result != found.t.Name {
		target = recordURL(c.Result, result)
	}
	http.Redirect(w, r, target, http.StatusSeeOther) // #nosec G710 -- recordURL keeps to this site
	return nil
}

// readInput reads the form's fields as the values that the command takes from programs, too.
func (o *Office) readInput(r *http.Request, t *resource.Type, c *resource.Command) (map[string]any, []page.Problem) {
	input := map[string]any{}
	var problems []page.Problem
	for i := range c.Input {
		f := &c.Input[i]
		value, err := readField(f, r.PostForm)
		if err == nil && value.State == resource.Set {
			input[f.Name], err = wire(f, r.PostForm.Get(f.Name), value.Text)
		}
		if err != nil {
			problems = append(problems, page.Problem{Field: problemField(f), Text: o.words(r.Context()).field(t, f.Name) + ": " + err.Error()})
		}
	}
	return input, problems
}

// wire is what was typed as the API takes it; canonical is the same as the field reads it.
func wire(f *resource.Field, typed, canonical string) (any, error) {
	switch f.Kind.Name() {
	case "json", "list", "object":
		return decode(typed)
	case "boolean", "integer", "localized":
		return decode(canonical)
	}
	return canonical, nil
}

func decode(text string) (value any, err error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	err = d.Decode(&value)
	return value, err
}

// refusals turns what a command refused into problems beside the form's controls.
func (o *Office) refusals(ctx context.Context, t *resource.Type, c *resource.Command, err error) ([]page.Problem, error) {
	var refused *command.Error
	var wrong *record.QueryError
	switch {
	case errors.As(err, &refused):
	case errors.As(err, &wrong):
		return []page.Problem{{Text: wrong.Error()}}, nil
	default:
		return nil, err
	}
	var problems []page.Problem
	w := o.words(ctx)
	for _, v := range refused.Violations() {
		p := page.Problem{Text: v.Detail}
		name, _, _ := strings.Cut(v.Field, "/")
		if i, ok := c.Input.Find(name); ok {
			p = page.Problem{Field: problemField(&c.Input[i]), Text: w.field(t, name) + ": " + v.Detail}
		}
		problems = append(problems, p)
	}
	return problems, nil
}
