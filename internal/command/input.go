package command

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hanse-commerce/hanse/resource"
)

// parse turns wire values into canonical ones. All that is wrong is told at once.
func parse(c *resource.Command, input map[string]any) (resource.Record, error) {
	var wrong []resource.Violation
	fault := func(code, field, format string, a ...any) {
		wrong = append(wrong, resource.Violation{Field: field, Code: code, Detail: fmt.Sprintf(format, a...)})
	}
	values := make(resource.Record, len(c.Input))
	for i, f := range c.Input {
		v, given := input[f.Name]
		switch {
		case given && v == nil:
			values[i] = resource.Cleared
		case given:
			text, err := f.Kind.Parse(v)
			if err != nil {
				wrong = append(wrong, invalid(f.Name, err)...)
				continue
			}
			values[i] = resource.Of(text)
		case f.Fallback != nil:
			values[i] = *f.Fallback
		}
		if f.Mandatory && values[i].State != resource.Set {
			fault(CodeRequired, f.Name, "%s is required.", f.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(input)) {
		if _, ok := c.Input.Find(name); !ok {
			fault(CodeUnknownField, name, "%s takes no input %.64q.", c.Path(), name)
		}
	}
	return values, RefuseAll(wrong)
}

// invalid is what is wrong with one input: for a list, each of its items by position.
func invalid(name string, err error) []resource.Violation {
	var items resource.ItemErrors
	if !errors.As(err, &items) {
		return []resource.Violation{{Field: name, Code: CodeInvalidValue, Detail: name + ": " + err.Error() + "."}}
	}
	all := make([]resource.Violation, len(items))
	for i, item := range items {
		all[i] = resource.Violation{Field: fmt.Sprintf("%s/%d", name, item.Item), Code: CodeInvalidValue,
			Detail: fmt.Sprintf("%s %d: %s.", name, item.Item+1, item.Err)}
		if item.Field != "" {
			all[i].Field += "/" + item.Field
		}
		if item.Missing {
			all[i].Code = CodeRequired
		}
	}
	return all
}
