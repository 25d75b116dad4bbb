package intake

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

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
	Commands    Commands // nil where no partner's documents ask for any
	Committed   func()   // after each commit, to wake the sequencer
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
func (s *Service) Process(ctx context.Context, f File) (out *Outcome, err error) {
	defer func() {
		if r := recover(); r != nil {
			out, err = nil, fmt.Errorf("processing %s panicked: %v\n%s", f.Content.Name(), r, debug.Stack())
		}
	}()
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
	run, err := s.Ledger.StartRun(ctx, caller, f.Exchange, s.Node)
	if err != nil {
		return nil, err
	}
	var remarks []exchange.Issue
	if !kind.Empty {
		if remarks, err = s.run(ctx, f, kind, run); err != nil {
			return s.refuse(ctx, f, run, kind, err)
		}
	}
	status, err := s.Ledger.Finish(ctx, caller, run, remarks...)
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

// run writes the rows and gives the remarks about the file as a whole.
func (s *Service) run(ctx context.Context, f File, kind *Kind, run *exchange.Run) ([]exchange.Issue, error) {
	caller := f.Partner.Caller(f.Exchange)
	units, err := loadUnits(ctx, s.DB, s.Store.Schema(), f.Partner)
	if err != nil {
		return nil, err
	}
	rows, err := kind.open(ctx, s.Store, f.Partner, f.Content, units)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	if count, format := rows.Count(), rows.Format(); count > 0 || format != "" {
		if err := s.Ledger.Estimate(ctx, caller, run, count, format); err != nil {
			return nil, err
		}
	}
	p := &progress{run: run, caller: caller, partner: f.Partner, documents: kind.Incoming != nil, again: f.Again}
	engine := &Engine{DB: s.DB, Store: s.Store, Caller: caller, ChunkRows: s.ChunkRows, Committed: s.Committed, Filter: p.filter, Commands: s.Commands}
	if s.Acknowledge != nil {
		engine.Acknowledge = s.Acknowledge.For(f.Partner, kind.Channel)
	}
	if err := engine.Run(ctx, Job{Rows: rows, Type: kind.Type, Unique: kind.Type != nil, Skip: run.Checkpoint, Progress: p}); err != nil {
		return nil, fmt.Errorf("processing %s: %w", f.Content.Name(), err)
	}
	return issues([]Line{{Notices: rows.Notes()}}), nil
}

// recognize tells what a file is, unless its sender has said so.
func (s *Service) recognize(f File) (*Kind, error) {
	if f.As == "" {
		seen := &watched{Content: f.Content}
		kind, err := Recognize(s.Store.Schema(), f.Partner, seen, f.Size)
		if fault := seen.fault(); fault != nil {
			return nil, fmt.Errorf("reading %s: %w", f.Content.Name(), fault)
		}
		return kind, err
	}
	t, ok := TypeNamed(s.Store.Schema(), f.As)
	if !ok {
		return nil, fileError("unknown_kind", "There is no resource %q that can be imported.", f.As)
	}
	return csvKind(s.Store.Schema(), t, f.Size), nil
}
