package page

import (
	"fmt"
	"net/url"
	"strings"
)

// Form is what a visitor typed and what was wrong with it. The zero value is
// a form not yet sent.
type Form struct {
	ID       string // set where a page has two forms with fields of the same name
	Values   url.Values
	Problems []Problem
}

// Problem says what is wrong with one field; Field is empty if it concerns
// the form as a whole. Text is in the visitor's language.
type Problem struct{ Field, Text string }

// Invalid is the error of a form that was understood but not accepted: the
// page is shown again with status 422.
type Invalid struct{ Problems []Problem }

// Error lists the problems.
func (i *Invalid) Error() string {
	texts := make([]string, len(i.Problems))
	for n, p := range i.Problems {
		texts[n] = strings.TrimPrefix(p.Field+": "+p.Text, ": ")
	}
	return "the form was not accepted: " + strings.Join(texts, "; ")
}

// Value returns what was typed into a field.
func (f Form) Value(name string) string { return f.Values.Get(name) }

// Problem returns what is wrong with a field, or nothing.
func (f Form) Problem(name string) string {
	for _, p := range f.Problems {
		if p.Field == name {
			return p.Text
		}
	}
	return ""
}

// FieldID is the id of a field's control in the document.
func (f Form) FieldID(name string) string {
	return "f-" + f.ID + strings.NewReplacer(".", "-", "[", "-", "]", "", " ", "-").Replace(name)
}

// Field is one control of a form with its label, hint and problem.
type Field struct {
	ID, Name, Label, Value, Hint, Problem string
	// Kind is the type of the input, or "select", "textarea", "checkbox".
	Kind     string
	Options  []Option
	Required bool
	ReadOnly bool
	Mono     bool // codes and JSON
	// Attributes of the control, left out where empty.
	Autocomplete, Inputmode, Min, Max, Step, MaxLength, Suffix string
	Rows                                                       int
}

// Option is one entry of a select.
type Option struct {
	Value, Text string
	Selected    bool
}

// DescribedBy lists the ids of hint and problem for aria-describedby.
func (f Field) DescribedBy() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.ID+"-hint")
	}
	if f.Problem != "" {
		ids = append(ids, f.ID+"-problem")
	}
	return strings.Join(ids, " ")
}

// Field makes the control for a name. Pairs are the lower-case name of a
// setting of Field ("kind", "hint", "options", …) and its value.
func (f Form) Field(name, label string, pairs ...any) (Field, error) {
	field := Field{ID: f.FieldID(name), Name: name, Label: label, Kind: "text",
		Value: f.Value(name), Problem: f.Problem(name)}
	if len(pairs)%2 != 0 {
		return field, fmt.Errorf("the field %s has a setting without a value", name)
	}
	for i := 0; i < len(pairs); i += 2 {
		if err := field.set(fmt.Sprint(pairs[i]), pairs[i+1]); err != nil {
			return field, err
		}
	}
	if !f.Values.Has(name) {
		return field, nil
	}
	for i := range field.Options {
		field.Options[i].Selected = field.Options[i].Value == field.Value
	}
	return field, nil
}

func (f *Field) set(setting string, value any) error {
	text := fmt.Sprint(value)
	targets := map[string]*string{"kind": &f.Kind, "hint": &f.Hint, "autocomplete": &f.Autocomplete,
		"inputmode": &f.Inputmode, "min": &f.Min, "max": &f.Max, "step": &f.Step, "maxlength": &f.MaxLength,
		"suffix": &f.Suffix, "value": &f.Value}
	if target, ok := targets[setting]; ok {
		*target = text
		return nil
	}
	switch setting {
	case "required":
		f.Required = value == true
	case "readonly":
		f.ReadOnly = value == true
	case "mono":
		f.Mono = value == true
	case "rows":
		n, ok := value.(int)
		if !ok {
			return fmt.Errorf("rows of the field %s is no number", f.Name)
		}
		f.Kind, f.Rows = "textarea", n
	case "options":
		options, ok := value.([]Option)
		if !ok {
			return fmt.Errorf("options of the field %s are no list of options", f.Name)
		}
		f.Kind, f.Options = "select", append([]Option(nil), options...)
	default:
		return fmt.Errorf("a field has no setting %q", setting)
	}
	return nil
}
