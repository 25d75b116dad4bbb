package intake

import (
	"fmt"
	"strings"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// categoryPaths reads the category of a product: a code, or a path "A/B", whose categories are made with the path as their
// code where they are missing.
type categoryPaths struct {
	t        *resource.Type
	language string
	paths    map[string][]*Need // the last ones met, by cell
}

// maxPaths bounds the memory of a file in which each row has a path of its own.
const maxPaths = 10_000

func newCategoryPaths(t *resource.Type, language string) *categoryPaths {
	return &categoryPaths{t: t, language: language, paths: map[string][]*Need{}}
}

// read gives the product its category. What leads nowhere, or cannot be made, costs a warning and not the product.
func (p *categoryPaths) read(row *Row, c *record.Change, at int, relation, cell string) {
	c.Lenient = append(c.Lenient, relation)
	if !strings.Contains(strings.Trim(cell, "/ "), "/") {
		c.Values[at] = resource.Of(resource.ByKey(strings.Trim(cell, "/ ")).String())
		return
	}
	needs, known := p.paths[cell]
	if !known {
		var err error
		if needs, err = p.split(cell); err != nil {
			row.warn(relation, "value", "invalid_category", fmt.Sprintf("The category %.80q cannot be made: %s; the product was written without it.", cell, err))
			return
		}
		if len(p.paths) >= maxPaths {
			clear(p.paths)
		}
		p.paths[cell] = needs
	}
	row.Needs = append(row.Needs, needs...)
	c.Values[at] = resource.Of(resource.ByKey(needs[len(needs)-1].key).String())
}

// split makes the categories of a path, from the top down.
func (p *categoryPaths) split(cell string) (needs []*Need, err error) {
	code := ""
	for _, name := range strings.Split(cell, "/") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		above := code
		if code != "" {
			code += "/"
		}
		code += name
		c := &record.Change{Values: p.t.NewRecord(), Initial: p.t.NewRecord()}
		if err := p.parse(c.Values, "code", code); err != nil {
			return nil, err
		}
		if err := p.parse(c.Initial, "name", name); err != nil {
			return nil, err
		}
		if above != "" {
			set(c.Initial, p.t, "parent", resource.ByKey(above).String())
		}
		needs = append(needs, newNeed(p.t, code, c))
	}
	return needs, nil
}

func (p *categoryPaths) parse(values resource.Record, field, text string) (err error) {
	f, _ := p.t.Field(field)
	if kind, ok := f.Kind.(resource.Multilingual); ok {
		text, err = kind.ParseIn(text, p.language)
	} else {
		text, err = f.Kind.ParseText(text)
	}
	set(values, p.t, field, text)
	return err
}
