package intake

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/module"
)

// Preview compares a file with what is stored and writes nothing; each is called with the rows of every chunk. It gives the
// remarks about the file as a whole; a *FileError says why the file would be refused.
func (s *Service) Preview(ctx context.Context, f File, each func(*Done)) ([]module.Notice, error) {
	kind, err := s.recognize(f)
	if err != nil || kind.Empty {
		return nil, err
	}
	units, err := loadUnits(ctx, s.DB, s.Store.Schema(), f.Partner)
	if err != nil {
		return nil, err
	}
	rows, err := kind.open(ctx, s.Store, f.Partner, f.Content, units)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	engine := &Engine{DB: s.DB, Store: s.Store, Caller: f.Partner.Caller(""), ChunkRows: s.ChunkRows, Commands: s.Commands}
	err = engine.Run(ctx, Job{Rows: rows, Type: kind.Type, Unique: kind.Type != nil, Preview: true, Progress: previewed(each)})
	return rows.Notes(), err
}

// previewed hands on what chunks would do.
type previewed func(*Done)

// Lock implements Progress.
func (previewed) Lock(context.Context, pgx.Tx) error { return nil }

// Advance implements Progress.
func (p previewed) Advance(_ context.Context, _ pgx.Tx, d *Done) error {
	p(d)
	return nil
}

// Committed implements Progress.
func (previewed) Committed() {}

// Add adds up counts.
func (c *Counts) Add(d Counts) {
	c.Read, c.Created, c.Updated = c.Read+d.Read, c.Created+d.Created, c.Updated+d.Updated
	c.Unchanged, c.Failed = c.Unchanged+d.Unchanged, c.Failed+d.Failed
}

// Status is that of a file with such rows.
func (c Counts) Status() exchange.Status {
	if c.Failed > 0 {
		return exchange.PartlyDone
	}
	return exchange.Done
}
