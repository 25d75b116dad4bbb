package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// borrowing is a relation whose target is that of another record: a stock level's unit is its product's own, where the
// sender names none.
type borrowing struct {
	change *record.Change
	t      *resource.Type
	name   string // of the relation, here and at the other record
	of     string // the relation that leads there
}

func (r *Row) borrow(c *record.Change, t *resource.Type, name, of string) {
	r.borrowed = append(r.borrowed, borrowing{c, t, name, of})
}

// source is a relation of the records that another relation leads to.
type source struct {
	rel  *resource.Relation
	name string
}

// lend fills in what rows of a chunk borrow: from another record of the same row, else from stored ones.
func (e *Engine) lend(ctx context.Context, tx pgx.Tx, rows []*Row) error {
	wanted := map[source]map[string]string{} // key of the other record -> the key that it names
	each := func(use func(*Row, borrowing, source, string)) {
		for _, r := range rows {
			for _, b := range r.borrowed {
				if from, key, ok := e.lender(b); ok && !r.failed() && r.Skipped == "" {
					use(r, b, from, key)
				}
			}
		}
	}
	each(func(_ *Row, _ borrowing, from source, key string) {
		if wanted[from] == nil {
			wanted[from] = map[string]string{}
		}
		wanted[from][key] = ""
	})
	for from, found := range wanted {
		if err := e.lookUp(ctx, tx, from, found); err != nil {
			return err
		}
	}
	each(func(row *Row, b borrowing, from source, key string) {
		there := wanted[from][key]
		if there == "" {
			row.fault(b.of, "missing", record.CodeNotFound, fmt.Sprintf("There is no %s %q that has a %s.", b.of, key, b.name))
			return
		}
		b.change.Values[b.t.At(b.name)] = resource.Of(resource.ByKey(there).String())
	})
	for _, r := range rows {
		r.borrowed = nil
	}
	return nil
}

// lender names the stored record that is borrowed from; there is none to look up where the row itself has what is wanted.
func (e *Engine) lender(b borrowing) (from source, key string, ok bool) {
	rel, ok := b.t.Relation(b.of)
	if !ok {
		return from, "", false
	}
	target, _ := e.Store.Schema().Type(rel.Target)
	at := target.At(b.name)
	if at < 0 || len(target.KeyOf) != 1 {
		return from, "", false
	}
	if to := b.change.Links[b.of]; to != nil {
		if to.Values[at].State == resource.Set {
			b.change.Values[b.t.At(b.name)] = to.Values[at]
			return from, "", false
		}
		return source{rel, b.name}, to.Values[target.At(target.KeyOf[0])].Text, true
	}
	ref, err := resource.ParseRef(b.change.Values[b.t.At(b.of)].Text)
	if err != nil || len(ref.Key) != 1 {
		return from, "", false // the plan says that the relation is missing
	}
	return source{rel, b.name}, ref.Key[0], true
}

// lookUp reads for records by key which record their relation of that name leads to.
func (e *Engine) lookUp(ctx context.Context, tx pgx.Tx, from source, found map[string]string) error {
	schema, name := e.Store.Schema(), from.name
	target, _ := schema.Type(from.rel.Target)
	further, ok := target.Relation(name)
	if !ok {
		return fmt.Errorf("%s have no relation %q by which one could be taken", target.Name, name)
	}
	there, _ := schema.Type(further.Target)
	keys := make([]string, 0, len(found))
	for key := range found {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for part := range slices.Chunk(keys, record.MaxValues) {
		q := &record.Query{Type: target, Include: []string{name}, Fields: map[string][]string{target.Name: target.KeyOf, there.Name: there.KeyOf},
			Filters: []record.Filter{{Path: target.KeyOf[0], Operator: resource.In, Values: part}}}
		_, err := e.Store.Read(ctx, tx, e.Caller, q, func(_ *record.Answer, row *record.Row) error {
			mine, err := attribute(row.Attributes, target.KeyOf[0])
			if err != nil || len(row.Includes[0]) == 0 {
				return err
			}
			found[mine], err = attribute([]byte(row.Includes[0][0].Attributes), there.KeyOf[0])
			return err
		})
		if err != nil {
			return fmt.Errorf("looking up the %s of %d %s: %w", name, len(part), target.Name, err)
		}
	}
	return nil
}

func attribute(object []byte, name string) (string, error) {
	var attributes map[string]any
	if err := json.Unmarshal(object, &attributes); err != nil {
		return "", err
	}
	text, _ := attributes[name].(string)
	return text, nil
}
