package moduletest

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/module"
)

// CheckerCase is a module that can try out a channel.
type CheckerCase struct {
	Module  module.Checker
	Channel *module.Channel // works
	// Wrong are values with which a check must fail, by the setting that its words must name.
	Wrong map[string][]string
	// Secrets are the settings whose values no words may repeat.
	Secrets []string
}

// Checker runs the suite of module.Checker.
func Checker(t *testing.T, c CheckerCase) {
	t.Run("a channel that works passes", func(t *testing.T) {
		if name, err := try(t, c.Module, c.Channel); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	})
	for setting, values := range c.Wrong {
		for i, value := range values {
			t.Run(fmt.Sprintf("a wrong %s is named (%d)", setting, i+1), func(t *testing.T) {
				wrong := *c.Channel
				wrong.Settings = maps.Clone(c.Channel.Settings)
				wrong.Settings[setting] = value
				name, err := try(t, c.Module, &wrong)
				if err == nil {
					t.Fatal("all checks passed")
				}
				if !strings.Contains(err.Error(), setting) {
					t.Errorf("%s: %v; the setting is not named", name, err)
				}
				for _, s := range c.Secrets {
					if v := wrong.Settings[s]; len(v) > 8 && strings.Contains(err.Error(), v) {
						t.Errorf("%s: the words repeat the secret %s", name, s)
					}
				}
			})
		}
	}
}

// try runs the checks until one fails.
func try(t *testing.T, m module.Checker, c *module.Channel) (string, error) {
	t.Helper()
	checks := m.Checks()
	if len(checks) == 0 {
		t.Fatal("there are no checks")
	}
	for _, check := range checks {
		if check.Name == "" {
			t.Error("a check has no name")
		}
		if err := check.Run(t.Context(), c); err != nil {
			return check.Name, err
		}
	}
	return "", nil
}
