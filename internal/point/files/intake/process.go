package intake

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module"
)

// Service processes inbound files.
type Service struct {
	DB          *pgxpool.Pool
	Store       *record.Store
	Ledger      *exchange.Ledger
	Node        string
	ChunkRows   int
	Acknowledge Acknowledge
	Committed   func() // after each commit, to wake the sequencer
	Log         *slog.Logger
}

// File is one inbound file with the exchange that it is.
type File struct {
	Partner  *Partner
	Exchange string
	Content  module.Content
	Size     int64
	// As is the resource that the rows are, "" to tell it by the name.
	As string
	// Again processes documents that were processed before too.
	Again bool
}

// Outcome is what became of a file.
type Outcome struct {
	Status exchange.Status
	Run    string // UUID, "" where the file was refused before a run
	Kind   *Kind
	Counts exchange.Counts
	Reason exchange.Reason
}

// Process runs one exchange to its end, or goes on where an earlier run of it stopped. An error means that it could not be
// decided and should be tried again: nothing is lost by it.
func (s *Service) Process(ctx context.Context, f File) (*Outcome, error) {
	caller := f.Partner.Caller(f.Exchange)
	kind, err := s.recognize(f)
	if err != nil {
		return s.refuse(ctx, f, nil, kind, err)
	}
	channel := ""
	if kind.Channel != nil {
		channel = kind.Channel.ID
	}
	if err := s.Ledger.Described(ctx, caller, f.Exchange, kind.Name, "", channel); err != nil {
		return nil, err
	}
	units, err := unitCodes(ctx, s.DB, f.Partner)
	if err != nil {
		return nil, err
	}
	run, err := s.Ledger.StartRun(ctx, caller, f.Exchange, s.Node)
	if err != nil {
		return nil, err
	}
	if !kind.Empty {
		rows, err := kind.open(ctx, s.Store, f.Partner, f.Content, units)
		if err != nil {
			return s.refuse(ctx, f, run, kind, err)
		}
		defer func() { _ = rows.Close() }()
		if err := s.run(ctx, f, kind, run, rows); err != nil {
			return s.refuse(ctx, f, run, kind, err)
		}
	}
	status, err := s.Ledger.Finish(ctx, caller, run)
	if err != nil {
		return nil, err
	}
	return &Outcome{Status: status, Run: run.ID, Kind: kind, Counts: run.Counts}, nil
}

// refuse ends an exchange whose file as a whole is wrong; any other error is handed on.
func (s *Service) refuse(ctx context.Context, f File, run *exchange.Run, kind *Kind, err error) (*Outcome, error) {
	var file *FileError
	if !errors.As(err, &file) {
		return nil, err
	}
	reason := exchange.Reason{Code: file.Code(), Text: file.Error()}
	if err := s.Ledger.Refuse(ctx, f.Partner.Caller(f.Exchange), f.Exchange, run, reason); err != nil {
		return nil, err
	}
	out := &Outcome{Status: exchange.Refused, Kind: kind, Reason: reason}
	if run != nil {
		out.Run, out.Counts = run.ID, run.Counts
	}
	return out, nil
}

func (s *Service) run(ctx context.Context, f File, kind *Kind, run *exchange.Run, rows Rows) error {
	caller := f.Partner.Caller(f.Exchange)
	if c, ok := rows.(*csvRows); ok {
		if err := s.Ledger.Estimate(ctx, caller, run, int64(c.reader.Records())); err != nil {
			return err
		}
	}
	p := &progress{run: run, caller: caller, partner: f.Partner, documents: kind.Incoming != nil, again: f.Again}
	engine := &Engine{DB: s.DB, Store: s.Store, Caller: caller, ChunkRows: s.ChunkRows, Committed: s.Committed, Filter: p.filter}
	if s.Acknowledge != nil {
		engine.Acknowledge = s.Acknowledge.For(f.Partner, kind.Channel)
	}
	if err := engine.Run(ctx, rows, kind.Type != nil, run.Checkpoint, false, p); err != nil {
		return fmt.Errorf("processing %s: %w", f.Content.Name(), err)
	}
	return p.note(ctx, s.DB, rows.Notes())
}

// Preview compares a file with what is stored and writes nothing; each is called with the rows of every chunk. A *FileError
// says why the file would be refused.
func (s *Service) Preview(ctx context.Context, f File, each func(*Done)) error {
	kind, err := s.recognize(f)
	if err != nil || kind.Empty {
		return err
	}
	units, err := unitCodes(ctx, s.DB, f.Partner)
	if err != nil {
		return err
	}
	rows, err := kind.open(ctx, s.Store, f.Partner, f.Content, units)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	engine := &Engine{DB: s.DB, Store: s.Store, Caller: f.Partner.Caller(""), ChunkRows: s.ChunkRows}
	return engine.Run(ctx, rows, kind.Type != nil, 0, true, previewed(each))
}

// previewed hands on what chunks would do.
type previewed func(*Done)

func (previewed) Lock(context.Context, pgx.Tx) error { return nil }
func (p previewed) Advance(_ context.Context, _ pgx.Tx, d *Done) error {
	p(d)
	return nil
}
func (previewed) Committed() {}

// recognize tells what a file is, unless its sender has said so.
func (s *Service) recognize(f File) (*Kind, error) {
	if f.As == "" {
		return Recognize(s.Store.Schema(), f.Partner, f.Content, f.Size)
	}
	t, ok := s.Store.Schema().Type(f.As)
	if !ok || !t.Admin.Create {
		return nil, fileError("unknown_kind", "There is no resource %q that can be imported.", f.As)
	}
	return &Kind{Name: t.Name + ".csv", Type: t, Empty: f.Size == 0}, nil
}

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
