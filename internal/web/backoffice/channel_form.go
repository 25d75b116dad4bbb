package backoffice

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/resource"
)

// ChannelSettings is what the form of a channel is made of: it derives from the module's declaration.
type ChannelSettings struct {
	Kind     ChannelKind
	Declared resource.Fields // without secrets
	Secrets  []ChannelSecret
	Values   url.Values // of what is set: code, name, label.en, …, website (any number), setting.NAME
	Websites []page.Option
	Partners []page.Option
}

// ChannelSecret is a secret setting; its value is never shown.
type ChannelSecret struct {
	Field resource.Field
	State string // "set", "missing" or "unreadable": set, but not by a key that this node has
}

// ChannelInput is what the form sends.
type ChannelInput struct {
	Kind     string
	Values   map[string]string // of the channel's own fields, by wire name; labels as label.LANGUAGE
	Websites []string          // ids; none is all
	Settings map[string]string // texts as typed, by name
	Secrets  map[string]string // those that were typed
}

// ChannelEdit is the page of the form.
type ChannelEdit struct {
	Title, Doc, Action, CancelURL, Kind string
	Form                                page.Form
	Own, Settings, Secrets              []page.Field
	Websites                            []page.Option
}

const settingPrefix = "setting."

func (o *Office) newChannel(w http.ResponseWriter, r *http.Request) error {
	if !o.may(r.Context(), o.channelType(), access.Create) {
		return ErrNotFound
	}
	return o.showChannelForm(w, r, http.StatusOK, "", r.URL.Query().Get("kind"), page.Form{})
}

func (o *Office) editChannel(w http.ResponseWriter, r *http.Request) error {
	if !o.may(r.Context(), o.channelType(), access.Update) {
		return ErrNotFound
	}
	return o.showChannelForm(w, r, http.StatusOK, r.PathValue("id"), "", page.Form{})
}

func (o *Office) showChannelForm(w http.ResponseWriter, r *http.Request, status int, id, kind string, form page.Form) error {
	s, err := o.Channels.Settings(r.Context(), id, kind)
	if err != nil {
		return err
	}
	if form.Values == nil {
		form.Values = s.Values
	}
	words := o.words(r.Context())
	e := ChannelEdit{Title: words.T("channels.new", s.Kind.Title), Doc: s.Kind.Doc, Kind: s.Kind.Name, Action: prefix + "/channels", CancelURL: prefix + "/channels",
		Form: form, Own: o.ownFields(words, form, id == "", s.Partners)}
	if id != "" {
		e.Title, e.Action = words.T("channels.edit", s.Values.Get("name")), prefix+page.Path("channels", id)
		e.CancelURL = e.Action
	}
	for i := range s.Declared {
		e.Settings = append(e.Settings, settingField(words, o.channelType(), &s.Declared[i], form)...)
	}
	for _, secret := range s.Secrets {
		f := settingField(words, o.channelType(), &secret.Field, form)[0]
		f.Kind, f.Value, f.Autocomplete, f.Required = "password", "", "new-password", secret.State == "missing" && secret.Field.Mandatory
		f.Hint = secret.Field.Text + " " + words.T("channels.secret."+secret.State)
		e.Secrets = append(e.Secrets, f)
	}
	for _, site := range s.Websites {
		site.Selected = slices.Contains(form.Values["website"], site.Value)
		e.Websites = append(e.Websites, site)
	}
	channelFormView.Show(o.engine, w, r, status, o.frame(r, e.Title, words.T("channels.title"), prefix+"/channels", e.Title), e)
	return nil
}

// ownFields are those that every channel has.
func (o *Office) ownFields(w words, form page.Form, creating bool, partners []page.Option) (fields []page.Field) {
	t := o.channelType()
	for _, name := range []string{"code", "name", "label", "position", "enabled"} {
		if f, ok := t.Field(name); ok {
			for _, in := range w.inputs(t, f, row{t: t}, form) {
				if in.Kind == "textarea" { // a label is short
					in.Kind = "text"
				}
				fields = append(fields, in)
			}
		}
	}
	if f, ok := t.Relation("partner"); ok && len(partners) > 0 {
		in := page.Field{ID: form.FieldID("partner"), Name: "partner", Label: w.field(t, "partner"), Kind: "select", Hint: f.Text,
			Problem: form.Problem("partner"), Options: []page.Option{{Text: "–"}}}
		for _, p := range partners {
			p.Selected = p.Value == form.Value("partner")
			in.Options = append(in.Options, p)
		}
		fields = append(fields, in)
	}
	return fields
}

// settingField is the control of a setting, made as those of records are.
func settingField(w words, t *resource.Type, f *resource.Field, form page.Form) []page.Field {
	name := settingPrefix + f.Name
	inner := page.Form{Values: url.Values{f.Name: form.Values[name]}}
	if p := form.Problem(name); p != "" {
		inner.Problems = []page.Problem{{Field: f.Name, Text: p}}
	}
	fields := w.inputs(t, f, row{t: t}, inner)
	for i := range fields {
		fields[i].Name, fields[i].ID = settingPrefix+fields[i].Name, form.FieldID(settingPrefix+fields[i].Name)
		if f.Example != "" {
			fields[i].Hint += " " + w.T("channels.example", f.Example)
		}
	}
	return fields
}

func (o *Office) createChannel(w http.ResponseWriter, r *http.Request) error {
	if !o.may(r.Context(), o.channelType(), access.Create) {
		return ErrNotFound
	}
	return o.saveChannel(w, r, "")
}

func (o *Office) updateChannel(w http.ResponseWriter, r *http.Request) error {
	if !o.may(r.Context(), o.channelType(), access.Update) {
		return ErrNotFound
	}
	return o.saveChannel(w, r, r.PathValue("id"))
}

func (o *Office) saveChannel(w http.ResponseWriter, r *http.Request, id string) error {
	if err := r.ParseForm(); err != nil {
		return o.showChannelForm(w, r, http.StatusBadRequest, id, "", page.Form{})
	}
	s, err := o.Channels.Settings(r.Context(), id, r.PostForm.Get("kind"))
	if err != nil {
		return err
	}
	saved, faults, err := o.Channels.Save(r.Context(), id, readChannel(r.PostForm, s))
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		form := page.Form{Values: r.PostForm}
		for _, secret := range s.Secrets {
			form.Values.Del(settingPrefix + secret.Field.Name)
		}
		for _, v := range faults {
			form.Problems = append(form.Problems, page.Problem{Field: strings.Replace(v.Field, "settings/", settingPrefix, 1), Text: v.Detail})
		}
		return o.showChannelForm(w, r, http.StatusUnprocessableEntity, id, s.Kind.Name, form)
	}
	page.Tell(w, r, "good", "channels.saved")
	http.Redirect(w, r, prefix+page.Path("channels", saved), http.StatusSeeOther) // #nosec G710 -- Path keeps to this site
	return nil
}

func readChannel(values url.Values, s ChannelSettings) ChannelInput {
	in := ChannelInput{Kind: s.Kind.Name, Values: map[string]string{}, Settings: map[string]string{}, Secrets: map[string]string{}, Websites: values["website"]}
	for _, name := range []string{"code", "name", "position", "partner"} {
		in.Values[name] = strings.TrimSpace(values.Get(name))
	}
	in.Values["enabled"] = "false"
	if values.Get("enabled") == "true" {
		in.Values["enabled"] = "true"
	}
	for name := range values {
		if strings.HasPrefix(name, "label.") {
			in.Values[name] = strings.TrimSpace(values.Get(name))
		}
	}
	for i := range s.Declared {
		f := &s.Declared[i]
		text := strings.TrimSpace(values.Get(settingPrefix + f.Name))
		if f.Kind.Name() == "boolean" && text == "" {
			text = "false"
		}
		in.Settings[f.Name] = text
	}
	for _, secret := range s.Secrets {
		if text := strings.TrimSpace(values.Get(settingPrefix + secret.Field.Name)); text != "" {
			in.Secrets[secret.Field.Name] = text
		}
	}
	return in
}
