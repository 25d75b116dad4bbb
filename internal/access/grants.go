package access

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
