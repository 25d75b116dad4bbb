package access

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Level says how far a permission reaches.
type Level uint8

const (
	None Level = iota
	Own
	BusinessUnit
	OrganizationLevel
	GlobalLevel
)

// Action is what is done to a resource; commands are actions by their own name.
type Action string

const (
	Read   Action = "read"
	Create Action = "create"
	Update Action = "update"
	Delete Action = "delete"
)

// Grants are the merged permissions of a caller's roles: the widest wins. A nil *Grants allows everything.
type Grants struct {
	levels map[grantKey]Level
	hidden map[grantKey]bool // field-level denials: action read, resource.field

	once  sync.Once
	shape string
}

type grantKey struct {
	resource string
	action   Action
}

// NewGrants is a set of grants that allows nothing yet.
func NewGrants() *Grants { return &Grants{levels: map[grantKey]Level{}, hidden: map[grantKey]bool{}} }

// Allow widens what is allowed. The resource "*" stands for all, the action "*" too.
func (g *Grants) Allow(resource string, action Action, level Level) {
	k := grantKey{resource, action}
	if level > g.levels[k] {
		g.levels[k] = level
	}
}

// Hide denies reading one field of a resource.
func (g *Grants) Hide(resource, field string) {
	g.hidden[grantKey{resource + "." + field, Read}] = true
}

// Level is how far the caller's permission for an action on a resource reaches.
func (g *Grants) Level(resource string, action Action) Level {
	if g == nil {
		return GlobalLevel
	}
	return max(g.levels[grantKey{resource, action}], g.levels[grantKey{resource, "*"}],
		g.levels[grantKey{"*", action}], g.levels[grantKey{"*", "*"}])
}

// Hidden reports whether a field may not be seen.
func (g *Grants) Hidden(resource, field string) bool {
	return g != nil && g.hidden[grantKey{resource + "." + field, Read}]
}

// Shape tells two sets of grants apart; what is compiled for one may serve any other of the same shape. It is taken once:
// grants must not change after their first use.
func (g *Grants) Shape() string {
	g.once.Do(func() {
		var parts []string
		for k, l := range g.levels {
			parts = append(parts, fmt.Sprintf("%s %s %d", k.resource, k.action, l))
		}
		for k := range g.hidden {
			parts = append(parts, "hide "+k.resource)
		}
		slices.Sort(parts)
		g.shape = strings.Join(parts, ",")
	})
	return g.shape
}
