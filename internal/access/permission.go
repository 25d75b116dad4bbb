package access

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// AllPermissions allow everything. Permissions of a role say by resource and action how far it goes; "*" stands for every
// resource or action, and the word "hide" instead of an action lists fields that may not be seen:
//
//	{"orders": {"read": "businessUnit", "update": "own"}, "products": {"*": "organization", "hide": ["cost"]}}
const AllPermissions = `{"*":{"*":"global"}}`

const hideWord = "hide"

var levelNames = []string{None: "none", Own: "own", BusinessUnit: "businessUnit", OrganizationLevel: "organization", GlobalLevel: "global"}

func (l Level) String() string { return levelNames[l] }

// ParseLevel reads the name of a level.
func ParseLevel(name string) (Level, error) {
	i := slices.Index(levelNames, name)
	if i < 0 {
		return None, fmt.Errorf("%.40q is not a level; levels are %s", name, strings.Join(levelNames, ", "))
	}
	return Level(i), nil // #nosec G115 -- there are five
}

// Merge adds a role's permissions to the grants: the widest level wins, and what any role hides is hidden.
func (g *Grants) Merge(permissions []byte) error {
	if len(permissions) == 0 {
		return nil
	}
	var resources map[string]map[string]json.RawMessage
	if err := json.Unmarshal(permissions, &resources); err != nil {
		return fmt.Errorf(`permissions are an object by resource, such as {"orders":{"read":"organization"}}: %w`, err)
	}
	for resource, actions := range resources {
		for action, value := range actions {
			if err := g.merge(resource, action, value); err != nil {
				return fmt.Errorf("permissions of %.60q: %w", resource, err)
			}
		}
	}
	return nil
}

func (g *Grants) merge(resource, action string, value json.RawMessage) error {
	if action == hideWord {
		var fields []string
		if err := json.Unmarshal(value, &fields); err != nil {
			return fmt.Errorf("hide is a list of fields: %w", err)
		}
		for _, f := range fields {
			g.Hide(resource, f)
		}
		return nil
	}
	var name string
	if err := json.Unmarshal(value, &name); err != nil {
		return fmt.Errorf("%.60q: a level is a text: %w", action, err)
	}
	level, err := ParseLevel(name)
	if err != nil {
		return fmt.Errorf("%.60q: %w", action, err)
	}
	g.Allow(resource, Action(action), level)
	return nil
}

// ReadOnly are the same grants without any action but reading.
func (g *Grants) ReadOnly() *Grants {
	narrow := NewGrants()
	if g == nil {
		narrow.Allow("*", Read, GlobalLevel)
		return narrow
	}
	for k, level := range g.levels {
		if k.action == Read || k.action == "*" {
			narrow.Allow(k.resource, Read, level)
		}
	}
	for k := range g.hidden {
		narrow.hidden[k] = true
	}
	return narrow
}
