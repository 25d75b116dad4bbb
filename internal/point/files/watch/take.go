package watch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/point/files/home"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
)

// tries bounds how often a file that fails for no reason of the database's is tried; then it is refused, so that it does
// not hold up those behind it.
const tries = 6

// take keeps the file's content, records its arrival, has it processed and puts it where it belongs: after the commit,
// never before. Whatever stops in between is gone on with at the next pass.
func (f *folder) take(ctx context.Context, h home.Home, p *intake.Partner, file waiting) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("processing panicked: %v", r)
		}
	}()
	kept, err := f.keepContent(ctx, h, file)
	if err != nil {
		return err
	}
	receipt, err := f.Ledger.Receive(ctx, p.Caller(""), exchange.Arrival{Point: exchange.FilesPoint, Partner: p.ID, Name: file.name, Path: file.path,
		Hash: kept.Hash, Size: kept.Size, Window: time.Duration(p.Settings.DuplicateHours) * time.Hour})
	if err != nil {
		return err
	}
	out := &intake.Outcome{Status: receipt.Status}
	if !receipt.Status.Finished() {
		out, err = f.process(ctx, p, file, receipt.ID, kept)
		if err != nil {
			return err
		}
	}
	if receipt.DuplicateOf == "" {
		if err := f.answer(ctx, h, p, file, receipt.ID, out); err != nil {
			return err
		}
	}
	return f.place(ctx, h, p, file, receipt.ID, out.Status)
}

type stored struct {
	Hash string
	Size int64
}

func (f *folder) keepContent(ctx context.Context, h home.Home, file waiting) (stored, error) {
	r, err := h.Open(ctx, file.path)
	if err != nil {
		return stored{}, fmt.Errorf("opening %s: %w", file.path, err)
	}
	defer func() { _ = r.Close() }()
	info, err := f.Blobs.Put(ctx, r)
	if err != nil {
		return stored{}, fmt.Errorf("keeping the content of %s: %w", file.path, err)
	}
	return stored{info.Hash, info.Size}, nil
}

// Blob is content of the blob store under the name of its file.
type Blob struct {
	Context context.Context
	File    string
	Hash    string
	From    interface {
		Open(ctx context.Context, hash string) (io.ReadCloser, error)
	}
}

// Name is the base name of the file.
func (b Blob) Name() string { return b.File }

// Open opens the content.
func (b Blob) Open() (io.ReadCloser, error) { return b.From.Open(b.Context, b.Hash) }

func (f *folder) process(ctx context.Context, p *intake.Partner, file waiting, id string, kept stored) (*intake.Outcome, error) {
	out, err := f.Intake.Process(ctx, intake.File{Partner: p, Exchange: id, Size: kept.Size,
		Content: Blob{ctx, file.name, kept.Hash, f.Blobs}})
	if err == nil || ctx.Err() != nil {
		return out, err
	}
	if passing(err) || f.failures[file.path]+1 < tries {
		return nil, err
	}
	f.Log.ErrorContext(ctx, "a file is refused after failing again and again", "partner", p.Code, "file", file.path, "error", err)
	reason := exchange.Reason{Code: "internal", Text: "The file could not be processed for a reason of ours, which the log tells; process it again when it is mended."}
	if err := f.Ledger.Refuse(ctx, p.Caller(id), id, nil, reason); err != nil {
		return nil, err
	}
	return &intake.Outcome{Status: exchange.Refused, Reason: reason}, nil
}

// place moves the file to archive/, or to error/ if it was refused whole, and forgets the signs that it was complete.
func (f *folder) place(ctx context.Context, h home.Home, p *intake.Partner, file waiting, id string, status exchange.Status) error {
	to := home.Archive
	if status == exchange.Refused {
		to = home.Error
	}
	where, err := h.Move(ctx, file.path, path.Join(to, file.name))
	if err != nil {
		return fmt.Errorf("moving %s to %s/: %w", file.path, to, err)
	}
	if file.done != "" {
		if err := h.Remove(ctx, file.done); err != nil {
			f.Log.WarnContext(ctx, "a marker could not be removed", "partner", p.Code, "file", file.done, "error", err)
		}
	}
	if err := f.Ledger.Placed(ctx, p.Caller(id), id, where); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, f.DB, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, p.Caller("")); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "DELETE FROM file_ready WHERE partner_id = $1 AND path = $2", p.ID, file.path)
		return err
	})
}

// answer lays the result file into result/ and confirms documents to the partner's system.
func (f *folder) answer(ctx context.Context, h home.Home, p *intake.Partner, file waiting, id string, out *intake.Outcome) error {
	if err := PlaceResult(ctx, f.Intake, h, p, file.name, id, out); err != nil {
		return err
	}
	if f.Confirm == nil || out.Run == "" || out.Kind == nil || out.Kind.Channel == nil {
		return nil
	}
	return f.Confirm(ctx, p, id, out.Kind, out.Run)
}

// PlaceResult lays result/NAME.result.csv: what became of each row, or why the file was refused.
func PlaceResult(ctx context.Context, s *intake.Service, h home.Home, p *intake.Partner, name, id string, out *intake.Outcome) error {
	_, err := h.Place(ctx, home.Result, name+".result.csv", home.AddTime, func(w io.Writer) error {
		return s.Result(ctx, w, p, id, out)
	})
	if err != nil && !errors.Is(err, home.ErrExists) {
		return fmt.Errorf("laying the result of %s: %w", name, err)
	}
	return nil
}
