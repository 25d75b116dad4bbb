package record

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// TestBatchesAgreeWithModel applies random batches to the database and to a few maps, and compares every outcome and the
// state after each.
func TestBatchesAgreeWithModel(t *testing.T) {
	w := newTrade(t)
	rapid.Check(t, func(r *rapid.T) {
		w.caller = access.SystemCaller(uuid.NewString(), "model") // an organization of its own instead of an empty database
		m := &model{trade: w, groups: map[string]bool{}, items: map[string]modelItem{}}
		for range rapid.IntRange(1, 4).Draw(r, "batches") {
			m.batch(r)
		}
	})
}

type model struct {
	*trade
	groups map[string]bool
	items  map[string]modelItem
}

type modelItem struct {
	stock, group, en, de string
	units                string // "C62=1 KGM=2", sorted
}

// modelChange is a change with what the model expects of it.
type modelChange struct {
	change  *Change
	op      Operation
	group   bool   // of a group, not an item
	key     string // code or sku
	stock   string // "" absent, "-" cleared
	ref     string // code of a group; "" absent, "-" cleared
	en, de  string // "" absent
	units   []string
	listed  bool
	wanted  Outcome
	failed  bool
	exists  bool
	needs   *modelChange
	next    modelItem
	differs bool
}

var modelKeys = rapid.SampledFrom([]string{"a", "b", "c", "ä|%"})

func (m *model) draw(r *rapid.T) *modelChange {
	c := &modelChange{key: modelKeys.Draw(r, "key")}
	c.op = rapid.SampledFrom([]Operation{Create, Update, Upsert, Upsert, Delete}).Draw(r, "op")
	c.group = rapid.IntRange(0, 2).Draw(r, "type") == 0
	c.change = &Change{Group: rapid.IntRange(0, 3).Draw(r, "group")}
	if c.group {
		c.change.Values = m.record("itemGroups", "code", c.key)
		return c
	}
	optional := func(name string, values ...string) string {
		return rapid.SampledFrom(append(values, "", "")).Draw(r, name)
	}
	c.stock, c.ref, c.en, c.de = optional("stock", "1", "2", "13", "-"), optional("ref", "a", "b", "-"), optional("en", "x", "y"), optional("de", "z")
	values := []string{"sku", c.key}
	if c.stock != "" {
		values = append(values, "stock", c.stock)
	}
	if c.ref == "-" {
		values = append(values, "group", "-")
	} else if c.ref != "" {
		values = append(values, "group", "key:"+c.ref)
	}
	var names []string
	if c.en != "" {
		names = append(names, fmt.Sprintf("%q:%q", "en", c.en))
	}
	if c.de != "" {
		names = append(names, fmt.Sprintf("%q:%q", "de", c.de))
	}
	if names != nil {
		values = append(values, "name", "{"+strings.Join(names, ",")+"}")
	}
	c.change.Values = m.record("items", values...)
	if c.op != Delete && rapid.Bool().Draw(r, "listed") {
		c.listed = true
		c.change.Owned = map[string][]*Change{"units": nil}
		for _, code := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"C62", "KGM", "MTR"}), 0, 3, rapid.ID[string]).Draw(r, "units") {
			factor := rapid.SampledFrom([]string{"1", "2"}).Draw(r, "factor")
			c.units = append(c.units, code+"="+factor)
			c.change.Owned["units"] = append(c.change.Owned["units"], m.change("itemUnits", "code", code, "factor", factor+".000"))
		}
	}
	if rapid.Bool().Draw(r, "by key") { // the key in the target instead of among the values
		c.change.Target = resource.ByKey(c.key)
		c.change.Values[m.typ("items").At("sku")] = resource.Value{}
	}
	return c
}

func (m *model) batch(r *rapid.T) {
	b := &Batch{}
	var order []*modelChange
	for range rapid.IntRange(1, 10).Draw(r, "changes") {
		c := m.draw(r)
		name := "items"
		if c.group {
			name = "itemGroups"
		}
		b.Add(m.typ(name), c.op, c.change)
		order = append(order, c)
	}
	byChange := map[*Change]*modelChange{}
	for _, c := range order {
		byChange[c.change] = c
	}
	order = order[:0]
	for _, s := range b.Sets {
		for _, c := range s.Changes {
			order = append(order, byChange[c])
		}
	}
	m.expect(order)
	m.apply(b)
	for _, c := range order {
		if c.change.Outcome != c.wanted {
			r.Fatalf("%+v\nbecame %s %v, the model expects %s", c, c.change.Outcome, c.change.Faults, c.wanted)
		}
	}
	if got, want := m.stored(), m.state(); got != want {
		r.Fatalf("stored:\n%s\nmodel:\n%s", got, want)
	}
}

// expect judges the changes against the state before the batch, spreads failures, and carries the rest out.
func (m *model) expect(order []*modelChange) {
	claimed, pending := map[string]bool{}, map[string]*modelChange{}
	for _, c := range order {
		m.judge(c, claimed, pending)
	}
	for again := true; again; {
		again = false
		for _, c := range order {
			if c.failed {
				continue
			}
			bad := c.needs != nil && c.needs.failed
			for _, other := range order {
				bad = bad || c.change.Group != 0 && other.change.Group == c.change.Group && other.failed
			}
			if bad {
				c.failed, again = true, true
			}
		}
	}
	for _, c := range order {
		switch {
		case c.failed:
			c.wanted = Failed
		case c.op == Delete:
			c.wanted = Deleted
		case !c.exists:
			c.wanted = Created
		case c.differs:
			c.wanted = Updated
		default:
			c.wanted = Unchanged
		}
		if c.failed || c.op == Delete {
			continue
		}
		if c.group {
			m.groups[c.key] = true
		} else {
			m.items[c.key] = c.next
		}
	}
	for _, c := range order {
		switch {
		case c.failed || c.op != Delete:
		case c.group:
			delete(m.groups, c.key)
			for sku, item := range m.items {
				if item.group == c.key {
					item.group = ""
					m.items[sku] = item
				}
			}
		default:
			delete(m.items, c.key)
		}
	}
}

func (m *model) judge(c *modelChange, claimed map[string]bool, pending map[string]*modelChange) {
	item, exists := m.items[c.key]
	if c.group {
		exists = m.groups[c.key]
	}
	c.exists = exists
	if exists && c.op == Create || !exists && (c.op == Update || c.op == Delete) {
		c.failed = true
		return
	}
	name := fmt.Sprint(c.group, c.key)
	if c.group && !exists && pending[c.key] == nil {
		pending[c.key] = c
	}
	defer func() {
		if claimed[name] {
			c.failed = true
		}
		claimed[name] = true
	}()
	if c.group || c.op == Delete {
		return
	}
	c.next = item
	if c.stock != "" {
		c.next.stock = strings.Trim(c.stock, "-")
	}
	if c.ref != "" {
		c.next.group = strings.Trim(c.ref, "-")
		if c.next.group != "" && !m.groups[c.next.group] {
			if c.needs = pending[c.next.group]; c.needs == nil {
				c.failed = true
			}
		}
	}
	if c.en != "" {
		c.next.en = c.en
	}
	if c.de != "" {
		c.next.de = c.de
	}
	if c.next.en == "" && c.next.de == "" {
		c.failed = true
	}
	valuesDiffer := c.next != item
	if c.listed {
		slices.Sort(c.units)
		c.next.units = strings.Join(c.units, " ")
	}
	c.differs = c.next != item
	if c.next.stock == "13" && (!exists || valuesDiffer) {
		c.failed = true
	}
}

func (m *model) state() string {
	var lines []string
	for _, code := range slices.Sorted(maps.Keys(m.groups)) {
		lines = append(lines, "group "+code)
	}
	for _, sku := range slices.Sorted(maps.Keys(m.items)) {
		i := m.items[sku]
		lines = append(lines, strings.Join([]string{"item", sku, i.stock, i.group, i.en, i.de, i.units}, "|"))
	}
	return strings.Join(lines, "\n")
}

func (m *model) stored() string {
	s := m.ask(`select coalesce(string_agg(line, E'\n' order by line), '') from (
		select 'group ' || code as line from item_group where organization_id = $1::uuid union all
		select concat_ws('|', 'item', i.sku, coalesce(i.stock::text, ''), coalesce(g.code, ''), coalesce(i.name->>'en', ''), coalesce(i.name->>'de', ''),
		  coalesce((select string_agg(u.code || '=' || trim_scale(u.factor), ' ' order by u.code collate "C") from item_unit u where u.item_id = i.id), ''))
		from item i left join item_group g on g.id = i.group_id where i.organization_id = $1::uuid) x`, m.caller.Organization)
	lines := strings.Split(s, "\n")
	slices.Sort(lines)
	wanted := slices.DeleteFunc(lines, func(l string) bool { return l == "" })
	return strings.Join(sortedLike(wanted), "\n")
}

// sortedLike puts groups before items, each by key, as state does.
func sortedLike(lines []string) []string {
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a, b) })
	return lines
}
