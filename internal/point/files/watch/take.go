package watch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"runtime/debug"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/point/files/home"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
)

// tries bounds how often a file that fails for no reason of the database's is tried; then it is refused, so that it does
// not hold up those behind it.
const tries = 6

// stampLayout is the time that is put into names, in UTC.
const stampLayout = "20060102T150405Z"

// take keeps the file's content, records its arrival, has it processed and puts it where it belongs: after the commit,
// never before. Whatever stops in between is gone on with at the next pass.
func (f *folder) take(ctx context.Context, h home.Home, p *intake.Partner, file waiting) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("taking the file panicked: %v\n%s", r, debug.Stack())
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
	if receipt.DuplicateOf != "" && !receipt.Status.Finished() {
		return &holdError{fmt.Errorf("the same content is being processed as exchange %s", receipt.DuplicateOf)}
	}
	out, err := f.outcome(ctx, p, file, receipt, kept)
	if err != nil {
		return err
	}
	if err := f.answer(ctx, h, p, file.name, receipt.ID, out); err != nil {
		return err
	}
	return f.place(ctx, h, p, file, receipt.ID, kept, out.Status)
}

// outcome processes the file, unless that was done before: by a node that stopped in between, or since it is a resend.
func (f *folder) outcome(ctx context.Context, p *intake.Partner, file waiting, receipt exchange.Receipt, kept stored) (*intake.Outcome, error) {
	if receipt.Status.Finished() {
		return f.Intake.Ended(ctx, p, receipt.ID)
	}
	return f.process(ctx, p, file.path, intake.File{Partner: p, Exchange: receipt.ID, Size: kept.Size, Content: Blob{ctx, file.name, kept.Hash, f.Blobs}})
}

type stored struct {
	Hash string
	Size int64
}

// keepContent copies the file into the blob store. What cannot be read, or changes meanwhile, must not hold up the others.
func (f *folder) keepContent(ctx context.Context, h home.Home, file waiting) (stored, error) {
	r, err := h.Open(ctx, file.path)
	if err != nil {
		return stored{}, hold(fmt.Errorf("opening %s: %w", file.path, err))
	}
	defer func() { _ = r.Close() }()
	from := &faultReader{r: r}
	info, err := f.Blobs.Put(ctx, from)
	switch {
	case from.err != nil:
		return stored{}, hold(fmt.Errorf("reading %s: %w", file.path, from.err))
	case err != nil:
		return stored{}, fmt.Errorf("keeping the content of %s: %w", file.path, err)
	}
	now, err := h.Stat(ctx, file.path)
	if err != nil {
		return stored{}, hold(fmt.Errorf("looking at %s: %w", file.path, err))
	}
	if lookOf(now) != lookOf(file.Entry) {
		return stored{}, &holdError{fmt.Errorf("%s changed while it was read", file.path)}
	}
	return stored{info.Hash, info.Size}, nil
}

// hold leaves a file out that cannot be read; one that has gone is no longer there to be left out.
func hold(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return &holdError{err}
}

// faultReader tells a fault of the source from one of where it is copied to.
type faultReader struct {
	r   io.Reader
	err error
}

func (r *faultReader) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
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

// process has a file processed; one that fails again and again, for a reason that will not pass, is refused.
func (f *folder) process(ctx context.Context, p *intake.Partner, key string, file intake.File) (*intake.Outcome, error) {
	out, err := f.Intake.Process(ctx, file)
	if err == nil || ctx.Err() != nil {
		return out, err
	}
	if passing(err) || f.failures[key]+1 < tries {
		return nil, err
	}
	f.Log.ErrorContext(ctx, "a file is refused after failing again and again", "partner", p.Code, "file", file.Content.Name(), "error", err)
	reason := exchange.Reason{Code: "internal", Text: "The file could not be processed for a reason of ours, which the log tells; process it again when it is mended."}
	if err := f.Intake.GiveUp(ctx, file, reason); err != nil {
		return nil, err
	}
	return f.Intake.Ended(ctx, p, file.Exchange)
}

// place moves the file to archive/, or to error/ if it was refused whole, and forgets the signs that it was complete.
func (f *folder) place(ctx context.Context, h home.Home, p *intake.Partner, file waiting, id string, kept stored, status exchange.Status) error {
	where, err := f.move(ctx, h, file, kept, folderFor(status))
	if err != nil {
		return err
	}
	if file.done != "" {
		if err := h.Remove(ctx, file.done); err != nil && !errors.Is(err, fs.ErrNotExist) {
			f.Log.WarnContext(ctx, "a marker could not be removed", "partner", p.Code, "file", file.done, "error", err)
		}
	}
	if err := f.Ledger.Placed(ctx, p.Caller(id), id, where); err != nil {
		return err
	}
	return f.as(ctx, p, func(tx pgx.Tx) error { return forgetReady(ctx, tx, p.ID, file.path) })
}

// folderFor is where a file with such an end goes.
func folderFor(status exchange.Status) string {
	if status == exchange.Refused {
		return home.Error
	}
	return home.Archive
}

// move moves the file. If its sender began to write it anew meanwhile, that goes back to be taken too, and what was taken
// comes out of the blob store.
func (f *folder) move(ctx context.Context, h home.Home, file waiting, kept stored, to string) (string, error) {
	where, err := h.Move(ctx, file.path, path.Join(to, file.name))
	if errors.Is(err, fs.ErrNotExist) {
		return f.copyOut(ctx, h, file.name, kept, to)
	}
	if err != nil {
		return "", fmt.Errorf("moving %s to %s/: %w", file.path, to, err)
	}
	moved, err := h.Stat(ctx, where)
	if err != nil {
		return "", fmt.Errorf("looking at %s: %w", where, err)
	}
	if lookOf(moved) == lookOf(file.Entry) {
		return where, nil
	}
	if _, err := h.Move(ctx, where, file.path); err != nil {
		return "", fmt.Errorf("putting %s back, which changed while it was processed: %w", file.path, err)
	}
	return f.copyOut(ctx, h, file.name, kept, to)
}

// copyOut lays what was taken into a folder, where the file itself is not there any more. As a moved one it gets the time
// behind its name if that is taken.
func (f *folder) copyOut(ctx context.Context, h home.Home, name string, kept stored, to string) (string, error) {
	free := name
	for n := 1; ; n++ {
		where, err := h.Place(ctx, to, free, home.Refuse, func(w io.Writer) error { return f.copyContent(ctx, w, kept.Hash) })
		switch {
		case err == nil:
			return where, nil
		case !errors.Is(err, home.ErrExists):
			return "", fmt.Errorf("laying %s into %s/: %w", name, to, err)
		}
		free = fmt.Sprintf("%s.%s", name, time.Now().UTC().Format(stampLayout))
		if n > 1 {
			free += fmt.Sprintf("-%d", n)
		}
	}
}

func (f *folder) copyContent(ctx context.Context, w io.Writer, hash string) error {
	r, err := f.Blobs.Open(ctx, hash)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	_, err = io.Copy(w, r)
	return err
}
