package module

import (
	"errors"
	"fmt"

	"github.com/hanse-commerce/hanse/resource"
)

// Settings are a channel's values of the fields that its module declared, in canonical text.
type Settings map[string]string

// ParseSettings checks decoded JSON against a module's declaration and fills in defaults. All faults are reported at once.
func ParseSettings(declared resource.Fields, values map[string]any) (Settings, error) {
	s := Settings{}
	var faults []error
	for name, v := range values {
		i, ok := declared.Find(name)
		if !ok {
			faults = append(faults, fmt.Errorf("there is no setting %q", name))
			continue
		}
		if v == nil {
			continue
		}
		text, err := declared[i].Kind.Parse(v)
		if err != nil {
			faults = append(faults, fmt.Errorf("setting %s: %w", name, err))
			continue
		}
		s[name] = text
	}
	for _, f := range declared {
		if _, given := s[f.Name]; given {
			continue
		}
		switch {
		case f.Fallback != nil:
			s[f.Name] = f.Fallback.Text
		case f.Mandatory:
			faults = append(faults, fmt.Errorf("setting %s is required: %s", f.Name, f.Text))
		}
	}
	return s, errors.Join(faults...)
}
