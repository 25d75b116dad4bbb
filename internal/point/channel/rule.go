package channel

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// The codes of what the rule of channels refuses.
const (
	CodeNoModule        = "unknown_module" // the kind names no module of this build
	CodeSecretInSetting = "secret_setting" // a secret stands among the settings
)

// OnChannels is the rule that the settings of a channel are what its module declares. All faults are told at once, by the
// name of the setting. A required secret may be missing: it is set by a command of its own, when the channel is there.
func OnChannels(registry *module.Registry) resource.Extension {
	return resource.Extend("channels").Checked(func(t *resource.Type, old, next resource.Record) []resource.Violation {
		if old != nil && old[t.At("kind")] == next[t.At("kind")] && old[t.At("settings")] == next[t.At("settings")] {
			return nil // what was taken once does not keep from switching it off
		}
		kind := next[t.At("kind")].Text
		m, ok := registry.Get(kind)
		if !ok {
			return []resource.Violation{{Field: "kind", Code: CodeNoModule, Detail: fmt.Sprintf("There is no module %.64q in this build; there are %s.",
				kind, strings.Join(names(registry), ", "))}}
		}
		return checkSettings(m.Info().Settings, next[t.At("settings")])
	})
}

func names(registry *module.Registry) (all []string) {
	for _, m := range registry.All() {
		all = append(all, m.Info().Name)
	}
	return all
}

func checkSettings(declared resource.Fields, given resource.Value) (faults []resource.Violation) {
	values := map[string]any{}
	if given.State == resource.Set {
		d := json.NewDecoder(strings.NewReader(given.Text))
		d.UseNumber()
		if err := d.Decode(&values); err != nil {
			return []resource.Violation{{Field: "settings", Code: module.SettingInvalid, Detail: "The settings are a JSON object of values by name."}}
		}
	}
	for _, f := range declared {
		if _, given := values[f.Name]; f.Secret && given {
			delete(values, f.Name)
			faults = append(faults, resource.Violation{Field: "settings/" + f.Name, Code: CodeSecretInSetting,
				Detail: fmt.Sprintf("%s is a secret and does not belong among the settings, which are shown; give it by the command setSecret.", f.Name)})
		}
	}
	_, wrong := module.CheckSettings(declared, values)
	for _, w := range wrong {
		if i, ok := declared.Find(w.Name); ok && declared[i].Secret {
			continue
		}
		faults = append(faults, resource.Violation{Field: "settings/" + w.Name, Code: w.Code, Detail: sentence(w.Detail)})
	}
	return faults
}

// sentence makes words a sentence of their own.
func sentence(words string) string {
	if words == "" {
		return words
	}
	words = strings.ToUpper(words[:1]) + words[1:]
	if !strings.HasSuffix(words, ".") {
		words += "."
	}
	return words
}
