package intake

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/catalog"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// units translates a partner's codes of units into ours, for one file.
type units struct {
	codes   *catalog.Codes
	partner string
	aliases *resource.Type
	adopted map[string]*Need
}

func loadUnits(ctx context.Context, db Database, schema *resource.Schema, p *Partner) (*units, error) {
	u := &units{partner: p.Code, adopted: map[string]*Need{}}
	u.aliases, _ = schema.Type(catalog.Aliases.Name)
	return u, pgx.BeginFunc(ctx, db, func(tx pgx.Tx) (err error) {
		if err := access.Enter(ctx, tx, p.Caller("")); err != nil {
			return err
		}
		u.codes, err = catalog.LoadCodes(ctx, tx, p.Organization, p.Code)
		return err
	})
}

// translate gives our code for the partner's and, where only everyone's aliases explain his, the alias of his own that the
// row is to make, so that he gets his own code back. An unknown code fails the row.
func (u *units) translate(row *Row, field, code string) (string, bool) {
	if n, ok := u.adopted[code]; ok {
		if n != nil {
			row.Needs = append(row.Needs, n)
		}
		ours, _ := u.codes.Unit(code)
		return ours, true
	}
	ours, known := u.codes.Unit(code)
	if !known {
		row.fault(field, "missing", "unknown_unit", fmt.Sprintf("The unit %.40q is not known; use a UN/ECE code such as C62 for the piece, or add %.40q as an alias of one.", code, code))
		return "", false
	}
	var need *Need
	if alias, first, foreign := u.codes.Adopt(code); foreign && u.aliases != nil {
		need = u.alias(alias, ours, first)
		row.Needs = append(row.Needs, need)
	}
	u.adopted[code] = need
	return ours, true
}

func (u *units) alias(alias, unit string, preferred bool) *Need {
	t := u.aliases
	c := &record.Change{Values: t.NewRecord(), Initial: t.NewRecord()}
	set(c.Values, t, "alias", alias)
	set(c.Values, t, "system", u.partner)
	set(c.Initial, t, "unit", resource.ByKey(unit).String())
	set(c.Initial, t, "preferred", strconv.FormatBool(preferred))
	return newNeed(t, alias, c)
}

func set(values resource.Record, t *resource.Type, name, text string) {
	if at := t.At(name); at >= 0 {
		values[at] = resource.Of(text)
	}
}
