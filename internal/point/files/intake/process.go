package intake

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

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
	kind, err := Recognize(s.Store.Schema(), f.Partner, f.Content, f.Size)
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
