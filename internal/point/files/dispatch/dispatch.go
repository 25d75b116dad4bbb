// Package dispatch lays out files for partners: documents of what happened here, and confirmations of what they sent.
package dispatch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/blob"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/point/files/home"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// Service writes files into partners' out/ folders.
type Service struct {
	DB        *pgxpool.Pool
	Store     *record.Store
	Ledger    *exchange.Ledger
	Homes     home.Homes
	Blobs     blob.Store
	Registry  *module.Registry
	Committed func()
	Log       *slog.Logger
	// Placed is told, in a transaction, that the document about a record lies ready; it belongs to the area of the record.
	Placed func(ctx context.Context, tx pgx.Tx, caller access.Caller, recordType, record string) error
}

// document is one file that is to be written for one channel or, with none, by the platform itself.
type document struct {
	partner   *intake.Partner
	channel   string // UUID or ""
	kind      string
	base, ext string
	record    string // UUID of what it is about, by which it is laid out once: for a confirmation the run
	recordOf  string // its type, "" where it is no resource
	write     func(w io.Writer, m module.Message) error
}

// Event lays out a document for every channel whose module writes one about such an event. It can be called again after a
// failure: what lies there already is not written twice, and keeps its number.
func (s *Service) Event(ctx context.Context, organization, event string, t *resource.Type, id string) error {
	partners, err := intake.LoadPartners(ctx, s.DB, s.Registry, "")
	if err != nil {
		return err
	}
	var faults []error
	for _, p := range partners {
		if p.Organization != organization {
			continue
		}
		for i := range p.Channels {
			c := &p.Channels[i]
			writer, ok := c.Module.(module.DocumentWriter)
			if !ok || c.Fault != nil {
				continue
			}
			for _, out := range writer.Outgoing() {
				if out.Event == event {
					faults = append(faults, s.outgoing(ctx, p, c, out, t, id))
				}
			}
		}
		if p.Settings.CSVOrders && t.Name == "orders" {
			faults = append(faults, s.csv(ctx, p, t, id))
		}
	}
	return errors.Join(faults...)
}

func (s *Service) outgoing(ctx context.Context, p *intake.Partner, c *intake.Channel, out module.Outgoing, t *resource.Type, id string) error {
	tree, err := s.tree(ctx, p, t, id, out.Include)
	if err != nil {
		return err
	}
	return s.lay(ctx, document{partner: p, channel: c.ID, kind: out.Kind, base: resource.Snake(t.Name), ext: out.Extension, record: id, recordOf: t.Name,
		write: func(w io.Writer, m module.Message) error { return out.Write(ctx, w, m, tree, c.Settings) }})
}

// lay writes a document in steps that a crash may part: (1) record the departure with name and number, (2) place the file
// whole, (3) record that it lies there, (4) tell the record that it is about.
func (s *Service) lay(ctx context.Context, d document) error {
	left, err := s.depart(ctx, d)
	if err != nil {
		return err
	}
	if !left.finished {
		if err := s.place(ctx, d, left); err != nil {
			return err
		}
	}
	if d.recordOf == "" || s.Placed == nil {
		return nil
	}
	caller := d.partner.Caller(left.id)
	err = pgx.BeginFunc(ctx, s.DB, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		return s.Placed(ctx, tx, caller, d.recordOf, d.record)
	})
	if err == nil && s.Committed != nil {
		s.Committed()
	}
	return err
}

// place writes the file, unless an earlier try, which was cut off behind that, did so.
func (s *Service) place(ctx context.Context, d document, left departure) error {
	kept, err := s.keep(ctx, func(w io.Writer) error {
		return d.write(w, module.Message{Type: d.kind, Number: left.number, Time: left.at})
	})
	if err != nil {
		return fmt.Errorf("writing %s for partner %s: %w", left.name, d.partner.Code, err)
	}
	if !left.collected {
		h, err := s.Homes.Open(ctx, d.partner.Home)
		if err != nil {
			return fmt.Errorf("opening the home of partner %s: %w", d.partner.Code, err)
		}
		defer func() { _ = h.Close() }()
		_, err = h.Place(ctx, home.Out, left.name, home.Refuse, func(w io.Writer) error { return s.copy(ctx, w, kept.Hash) })
		if err != nil && !errors.Is(err, home.ErrExists) {
			return fmt.Errorf("placing %s for partner %s: %w", left.name, d.partner.Code, err)
		}
	}
	return s.Ledger.Sent(ctx, d.partner.Caller(left.id), left.id, kept.Hash, kept.Size, home.Out+"/"+left.name)
}

// keep writes a document into the blob store, so that what the partner got can be looked at later.
func (s *Service) keep(ctx context.Context, write func(io.Writer) error) (blob.Info, error) {
	r, w := io.Pipe()
	go func() {
		var err error
		defer func() { // a fault of a module must not stop the node
			if r := recover(); r != nil {
				err = fmt.Errorf("writing the document panicked: %v\n%s", r, debug.Stack())
			}
			_ = w.CloseWithError(err)
		}()
		err = write(w)
	}()
	info, err := s.Blobs.Put(ctx, r)
	_ = r.CloseWithError(err)
	return info, err
}

func (s *Service) copy(ctx context.Context, w io.Writer, hash string) error {
	r, err := s.Blobs.Open(ctx, hash)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	_, err = io.Copy(w, r)
	return err
}

// departure is what is recorded before a file is placed.
type departure struct {
	id, name, number string
	at               time.Time
	collected        bool // the partner has fetched it already
	finished         bool // it is recorded that it lies there, too
}

// departedSQL finds the departure of the same document by an earlier try: its name and number stay.
const departedSQL = `SELECT id::text, name, reference, status, created_at, collected_at IS NOT NULL FROM exchange
WHERE direction = 'out' AND partner_id = $1 AND channel_id IS NOT DISTINCT FROM nullif($2, '')::uuid AND kind = $3 AND record_id = $4
ORDER BY id DESC LIMIT 1`

// depart records that a document is about to leave, once.
func (s *Service) depart(ctx context.Context, d document) (left departure, err error) {
	caller := d.partner.Caller("")
	err = pgx.BeginFunc(ctx, s.DB, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		if d.record != "" {
			if known, err := departed(ctx, tx, d, &left); err != nil || known {
				return err
			}
		}
		err := tx.QueryRow(ctx, "SELECT lpad(nextval('document_number')::text, 16, '0'), now()").Scan(&left.number, &left.at)
		if err != nil {
			return err
		}
		left.name = fmt.Sprintf("%s_%s_%s.%s", d.base, left.at.UTC().Format("20060102T150405Z"), left.number, d.ext)
		left.id, err = exchange.Send(ctx, tx, caller, exchange.Departure{Point: exchange.FilesPoint, Partner: d.partner.ID, Channel: d.channel,
			Name: left.name, Path: home.Out + "/" + left.name, Kind: d.kind, Reference: left.number, RecordType: d.recordOf, Record: d.record})
		return err
	})
	if err != nil {
		return left, fmt.Errorf("recording the departure of %s for partner %s: %w", d.kind, d.partner.Code, err)
	}
	return left, nil
}

// departed looks for an earlier departure. The lock is for a node that was taken for dead and works the same job still.
func departed(ctx context.Context, tx pgx.Tx, d document, left *departure) (known bool, err error) {
	lock := "departure|" + d.partner.ID + "|" + d.channel + "|" + d.kind + "|" + d.record
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", lock); err != nil {
		return false, err
	}
	var status exchange.Status
	err = tx.QueryRow(ctx, departedSQL, d.partner.ID, d.channel, d.kind, d.record).
		Scan(&left.id, &left.name, &left.number, &status, &left.at, &left.collected)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	left.finished = status.Finished()
	return err == nil, err
}

// Confirm tells the partner's system what became of the documents of one inbound file.
func (s *Service) Confirm(ctx context.Context, p *intake.Partner, exchangeID string, kind *intake.Kind, run string) error {
	confirmer, ok := kind.Channel.Module.(module.Confirmer)
	if !ok {
		return nil
	}
	rows, err := s.confirmed(ctx, p, run)
	if err != nil || len(rows) == 0 {
		return err
	}
	var text strings.Builder
	base, ok, err := confirmer.Confirm(&text, kind.Name, module.Message{Number: strings.Repeat("0", 16), Time: time.Now()}, rows, kind.Channel.Settings)
	if err != nil || !ok {
		return err
	}
	return s.lay(ctx, document{partner: p, channel: kind.Channel.ID, kind: "confirmation", base: base, ext: "xml", record: run,
		write: func(w io.Writer, m module.Message) error {
			_, _, err := confirmer.Confirm(w, kind.Name, m, rows, kind.Channel.Settings)
			return err
		}})
}

// confirmed are the rows of a run that have a number of the partner's system.
func (s *Service) confirmed(ctx context.Context, p *intake.Partner, run string) ([]module.Confirmed, error) {
	var all []module.Confirmed
	err := pgx.BeginFunc(ctx, s.DB, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, p.Caller("")); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "SELECT confirmations FROM run_result WHERE run_id = $1 AND confirmations IS NOT NULL ORDER BY first_row", run)
		if err != nil {
			return err
		}
		var text []byte
		_, err = pgx.ForEachRow(rows, []any{&text}, func() error {
			var part []module.Confirmed
			if err := json.Unmarshal(text, &part); err != nil {
				return err
			}
			all = append(all, part...)
			return nil
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what became of the documents of run %s: %w", run, err)
	}
	return all, nil
}
