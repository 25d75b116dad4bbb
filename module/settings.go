package module

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hanse-commerce/hanse/resource"
)

// Settings are a channel's values of the fields that its module declared, in canonical text.
type Settings map[string]string

// SettingFault is one thing that is wrong with the values of settings. Code is stable: SettingUnknown, SettingInvalid or
// SettingRequired.
type SettingFault struct{ Name, Code, Detail string }

func (f SettingFault) Error() string { return f.Detail }

// The codes of a SettingFault.
const (
	SettingUnknown  = "unknown_setting" // the module has no such setting
	SettingInvalid  = "invalid_setting" // the value is not of the setting's kind
	SettingRequired = "required"        // the setting has no value and no default
)

// ParseSettings checks decoded JSON against a module's declaration and fills in defaults. All faults are reported at once.
func ParseSettings(declared resource.Fields, values map[string]any) (Settings, error) {
	s, faults := CheckSettings(declared, values)
	all := make([]error, len(faults))
	for i, f := range faults {
		all[i] = f
	}
	return s, errors.Join(all...)
}

// CheckSettings is ParseSettings with the faults one by one, by name. What it says of a secret does not quote the value.
func CheckSettings(declared resource.Fields, values map[string]any) (Settings, []SettingFault) {
	s := Settings{}
	var faults []SettingFault
	fault := func(name, code, format string, a ...any) {
		faults = append(faults, SettingFault{name, code, fmt.Sprintf(format, a...)})
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		i, ok := declared.Find(name)
		if !ok {
			fault(name, SettingUnknown, "there is no setting %q", name)
			continue
		}
		if values[name] == nil {
			continue
		}
		text, err := declared[i].Kind.Parse(values[name])
		switch {
		case err == nil:
			s[name] = text
		case declared[i].Secret:
			fault(name, SettingInvalid, "setting %s: the value is not what it takes: %s", name, declared[i].Text)
		default:
			fault(name, SettingInvalid, "setting %s: %s", name, err)
		}
	}
	for _, f := range declared {
		if _, given := s[f.Name]; given || values[f.Name] != nil {
			continue
		}
		switch {
		case f.Fallback != nil:
			s[f.Name] = f.Fallback.Text
		case f.Mandatory:
			fault(f.Name, SettingRequired, "setting %s is required: %s", f.Name, f.Text)
		}
	}
	return s, faults
}
