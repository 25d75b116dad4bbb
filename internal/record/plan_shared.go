package record

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/resource"
)

// fewShare is how many rows must at least share a reference on average for it to be looked up once for all of them.
const fewShare = 4

// shareLookups looks references up once that many rows have in common, and names them by id from then on: thousands of
// prices have one list and a few units. What is not found stays named by its key.
func (p *Plan) shareLookups(ctx context.Context, tx pgx.Tx, s *set, rows []*row) error {
	if len(rows) < manyRows {
		return nil
	}
	batch := &pgx.Batch{}
	batch.Queue("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")
	for i := range s.t.Relations {
		asked, users := sharedKeys(rows, i)
		if len(asked) == 0 {
			continue
		}
		target, _ := p.schema.Type(s.t.Relations[i].Target)
		l, err := p.sharedLookup(target, string(asked[0].target.shape(nil)[1:]))
		if err != nil {
			return err
		}
		args, err := p.callerArgs(l.binders)
		if err != nil {
			return err
		}
		batch.Queue(l.sql, append(args, columns(asked, l.columns)...)...).Query(func(result pgx.Rows) error {
			return found(result, users, i)
		})
	}
	if batch.Len() == 1 {
		return nil
	}
	batch.Queue("SELECT set_config('plan_cache_mode', NULL, true)")
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("looking up what many records refer to: %w", err)
	}
	return nil
}

// sharedKeys gives a row for each key by which few records are named by many rows, all parts of it given, and who names it.
func sharedKeys(rows []*row, i int) (asked []*row, users [][]*row) {
	at, named := map[string]int{}, 0
	for _, r := range rows {
		ref := &r.refs[i]
		if ref.form != formKey || !allGiven(ref.key) {
			continue
		}
		named++
		key := strings.Join(texts(ref.key), "\x00")
		n, met := at[key]
		if !met {
			if len(asked) > len(rows)/fewShare {
				return nil, nil
			}
			n = len(asked)
			at[key] = n
			asked, users = append(asked, &row{target: *ref}), append(users, nil)
		}
		users[n] = append(users[n], r)
	}
	if named < manyRows || len(asked)*fewShare > named {
		return nil, nil
	}
	return asked, users
}

func allGiven(key []*string) bool {
	for _, part := range key {
		if part == nil {
			return false
		}
	}
	return true
}

// found names the records that were found by their ids.
func found(result pgx.Rows, users [][]*row, i int) error {
	for result.Next() {
		raw := result.RawValues()
		n, err := strconv.Atoi(string(raw[0]))
		if err != nil || n < 1 || n > len(users) {
			return fmt.Errorf("the lookup answered for key %q of %d", raw[0], len(users))
		}
		id := string(raw[1])
		for _, r := range users[n-1] {
			r.refs[i].form, r.refs[i].id = formFound, id
		}
	}
	return result.Err()
}

// sharedLookup is the statement that finds records of a type by their keys.
func (p *Plan) sharedLookup(t *resource.Type, parts string) (*comparison, error) {
	key := "lookup\x00" + t.Name + "\x00" + p.caller.Side.String() + "\x00" + parts
	if p.caller.Grants != nil {
		key += "\x00" + p.caller.Grants.Shape()
	}
	return cachedWrite(p.store, p.schema.Revision(), key, func() (*comparison, error) {
		c := &comparer{t: t, values: map[int]string{}, fresh: map[int]string{}}
		c.compiler = compiler{schema: p.schema, side: p.caller.Side, grants: p.caller.Grants, context: map[string]string{}, joins: map[string]string{}}
		part := 0
		alias := c.joinKey(t, c.alias("r"), parts, &part, func(r *row) *reference { return &r.target })
		c.comparison.binders = c.compiler.binders
		c.sql = "SELECT s.n::text, " + alias + ".id::text FROM " + unnest(len(c.comparison.binders), len(c.columns), true) + c.from.String() +
			" WHERE " + alias + ".id IS NOT NULL"
		return &c.comparison, nil
	})
}
