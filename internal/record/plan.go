package record

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// Plan is what a batch would do to the stored records: it is the preview, and Write carries it out. What it found stands
// in the batch's changes.
type Plan struct {
	store   *Store
	schema  *resource.Schema
	caller  access.Caller
	batch   *Batch
	owner   bool
	refused map[*Change][]resource.Violation // by the caller, kept when the plan is made anew

	sets    []*set
	rows    map[*Change]*row
	named   map[string]*row // by type and id or key: whom the batch speaks of
	pending map[string]*row // by type and flattened key or external id: who will be created
	leaving map[string]bool // ids of records that the batch deletes
	doomed  []*doomed       // the same in order of their finding
	groups  map[int][]*row
	needed  map[*row][]*row // rows that cannot do without the key's record
}

// Option changes how a plan judges.
type Option func(*Plan)

// AsOwner lets the area that owns a resource write what surfaces may not: read-only fields and resources that the side
// does not offer for writing. The caller's grants still count; a command that was allowed by its own name hands in a
// caller without grants.
func AsOwner() Option { return func(p *Plan) { p.owner = true } }

// Plan resolves references, compares the batch with what is stored and runs the pure checks, by SELECT alone: it writes
// and locks nothing. Each change then has its ID, Outcome, Faults, Changed and Before. The transaction must run in the
// caller's context. An error means that the batch itself cannot be planned, not that a record in it is wrong.
func (s *Store) Plan(ctx context.Context, tx pgx.Tx, caller access.Caller, batch *Batch, options ...Option) (*Plan, error) {
	p := &Plan{store: s, schema: s.schema(), caller: caller, batch: batch, refused: map[*Change][]resource.Violation{}}
	for _, o := range options {
		o(p)
	}
	if err := p.run(ctx, tx); err != nil {
		return nil, err
	}
	return p, nil
}

// Apply plans a batch and writes it.
func (s *Store) Apply(ctx context.Context, tx pgx.Tx, caller access.Caller, batch *Batch, options ...Option) error {
	p, err := s.Plan(ctx, tx, caller, batch, options...)
	if err != nil {
		return err
	}
	return p.Write(ctx, tx)
}

// Refuse fails a change for a reason that its caller found, and with it the rest of its group and what needs its record.
func (p *Plan) Refuse(c *Change, v resource.Violation) {
	r, ok := p.rows[c]
	if !ok {
		return
	}
	p.refused[c] = append(p.refused[c], v)
	c.Faults = append(c.Faults, v)
	r.failed = true
	p.spread(r)
}

func (p *Plan) run(ctx context.Context, tx pgx.Tx) error {
	p.sets, p.rows = nil, map[*Change]*row{}
	p.named, p.pending = map[string]*row{}, map[string]*row{}
	p.leaving, p.doomed = map[string]bool{}, nil
	p.groups, p.needed = nil, nil
	if err := p.unfold(); err != nil {
		return err
	}
	for _, s := range p.sets {
		if err := p.planSet(ctx, tx, s); err != nil {
			return fmt.Errorf("planning changes of %s: %w", s.t.Name, err)
		}
	}
	p.settle()
	return nil
}

func (p *Plan) planSet(ctx context.Context, tx pgx.Tx, s *set) error {
	for _, r := range s.rows {
		if err := p.prepare(r); err != nil {
			return err
		}
	}
	for level := 0; level <= s.depth; level++ {
		if err := p.classify(ctx, tx, s, level); err != nil {
			return err
		}
	}
	if err := p.planExternalIDs(ctx, tx, s); err != nil {
		return err
	}
	if s.op == Delete {
		return p.planDelete(ctx, tx, s)
	}
	if s.relation != nil {
		return p.planReplaced(ctx, tx, s)
	}
	return nil
}
