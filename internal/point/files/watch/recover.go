package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/point/files/home"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
)

// unfinished is an exchange that has to be gone on with from the content that was kept.
type unfinished struct {
	id, name, path, hash, kind string
	size                       int64
	status                     exchange.Status
	again                      bool // somebody asked for it
}

const (
	// leftAge is after how long without a sign of life an import by command counts as interrupted.
	leftAge = 2 * time.Minute
	// sweepAge is how old what a crash left of a placing must be.
	sweepAge = 10 * time.Minute
)

const unfinishedColumns = `e.id::text, e.name, coalesce(e.path, ''), e.content_hash, coalesce(e.kind, ''), e.content_size::bigint, e.status`

const (
	againSQL = `SELECT ` + unfinishedColumns + `, true FROM file_again a JOIN exchange e ON e.id = a.exchange_id
WHERE a.partner_id = $1 ORDER BY a.asked_at`
	// unplacedSQL finds what a node left that stopped between receiving a file and placing it.
	unplacedSQL = `SELECT ` + unfinishedColumns + `, false FROM exchange e WHERE e.partner_id = $1 AND e.direction = 'in' AND e.path LIKE 'in/%'
AND e.placed_at IS NULL AND e.content_hash IS NOT NULL AND NOT EXISTS (SELECT FROM file_again a WHERE a.exchange_id = e.id) ORDER BY e.id`
	// leftSQL finds imports by command whose process ended in the middle.
	leftSQL = `SELECT ` + unfinishedColumns + `, false FROM exchange e WHERE e.partner_id = $1 AND e.direction = 'in' AND e.point = 'files'
AND e.path IS NULL AND e.content_hash IS NOT NULL AND e.status IN ('received', 'processing') AND e.duplicate_of_id IS NULL
AND e.updated_at < clock_timestamp() - $2::interval AND NOT EXISTS (SELECT FROM file_again a WHERE a.exchange_id = e.id) ORDER BY e.id`
)

// goOn does what is due beside the files of in/: at first what an earlier node left, then what somebody asked to be
// processed again, and now and then imports that were interrupted.
func (f *folder) goOn(ctx context.Context, h home.Home, p *intake.Partner) error {
	if !f.begun {
		if err := f.begin(ctx, h, p); err != nil {
			return err
		}
		f.begun = true
	}
	if err := f.each(ctx, h, p, againSQL, p.ID); err != nil {
		return err
	}
	if time.Since(f.swept) < leftAge/2 {
		return nil
	}
	f.swept = time.Now()
	return f.each(ctx, h, p, leftSQL, p.ID, leftAge)
}

func (f *folder) begin(ctx context.Context, h home.Home, p *intake.Partner) error {
	for _, dir := range []string{home.Out, home.Result, home.Archive, home.Error} {
		if _, err := h.Sweep(ctx, dir, sweepAge); err != nil {
			return fmt.Errorf("sweeping %s/ of partner %s: %w", dir, p.Code, err)
		}
	}
	return f.each(ctx, h, p, unplacedSQL, p.ID)
}

// each goes on with the exchanges that a query finds.
func (f *folder) each(ctx context.Context, h home.Home, p *intake.Partner, sql string, args ...any) error {
	var all []unfinished
	err := f.as(ctx, p, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		var u unfinished
		_, err = pgx.ForEachRow(rows, []any{&u.id, &u.name, &u.path, &u.hash, &u.kind, &u.size, &u.status, &u.again}, func() error {
			all = append(all, u)
			return nil
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("looking for what is left to do for partner %s: %w", p.Code, err)
	}
	for _, u := range all {
		if err := f.finish(ctx, h, p, u); err != nil {
			f.failures[u.id]++
			return fmt.Errorf("going on with exchange %s (%s): %w", u.id, u.name, err)
		}
		delete(f.failures, u.id)
	}
	return nil
}

// finish goes on with one exchange. A file that still lies in in/ as it was taken is left to its turn.
func (f *folder) finish(ctx context.Context, h home.Home, p *intake.Partner, u unfinished) error {
	there, err := f.stillThere(ctx, h, u)
	if err != nil || there {
		return err
	}
	out, err := f.end(ctx, p, u)
	if err != nil {
		return err
	}
	if err := f.answer(ctx, h, p, u.name, u.id, out); err != nil {
		return err
	}
	if err := f.settle(ctx, h, p, u, out.Status); err != nil || !u.again {
		return err
	}
	return f.as(ctx, p, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM file_again WHERE exchange_id = $1", u.id)
		return err
	})
}

func (f *folder) end(ctx context.Context, p *intake.Partner, u unfinished) (*intake.Outcome, error) {
	if u.status.Finished() {
		return f.Intake.Ended(ctx, p, u.id)
	}
	file := intake.File{Partner: p, Exchange: u.id, Size: u.size, Content: Blob{ctx, u.name, u.hash, f.Blobs}, Again: u.again || u.path == ""}
	if u.path == "" { // the command may have been told what the rows are
		file.As, _ = strings.CutSuffix(u.kind, ".csv")
		if file.As == u.kind {
			file.As = ""
		}
	}
	return f.process(ctx, p, u.id, file)
}

// stillThere reports whether the exchange's file lies in in/ with the content that was received.
func (f *folder) stillThere(ctx context.Context, h home.Home, u unfinished) (bool, error) {
	if top, _ := home.Split(u.path); top != home.In || u.again {
		return false, nil
	}
	e, err := h.Stat(ctx, u.path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil || e.Size != u.size {
		return false, err
	}
	kept, err := f.keepContent(ctx, h, waiting{Entry: e, path: e.Path, name: e.Name})
	var held *holdError
	if errors.As(err, &held) || errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return kept.Hash == u.hash, err
}

// settle puts the file where it belongs after the end of an exchange that was gone on with.
func (f *folder) settle(ctx context.Context, h home.Home, p *intake.Partner, u unfinished, status exchange.Status) error {
	to, where := folderFor(status), ""
	switch top, _ := home.Split(u.path); {
	case u.path == "" || top == to: // an import by command, or a file that is where it belongs
		return nil
	case top == home.In:
		var err error
		if where, err = f.placedBefore(ctx, h, p, u, to); err != nil {
			return err
		}
		if where == "" {
			if where, err = f.copyOut(ctx, h, u.name, stored{u.hash, u.size}, to); err != nil {
				return err
			}
		}
	default: // from archive/ to error/ or back
		var err error
		where, err = h.Move(ctx, u.path, path.Join(to, u.name))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("moving %s to %s/: %w", u.path, to, err)
		}
	}
	return f.Ledger.Placed(ctx, p.Caller(u.id), u.id, where)
}

// placedBefore finds the file where a node moved it that stopped before it could note that.
func (f *folder) placedBefore(ctx context.Context, h home.Home, p *intake.Partner, u unfinished, dir string) (string, error) {
	entries, err := h.List(ctx, dir)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if e.Dir || e.Size != u.size || e.Name != u.name && !strings.HasPrefix(e.Name, u.name+".") {
			continue
		}
		taken, err := f.belongsToAnother(ctx, p, e.Path, u)
		if err != nil || taken {
			if err != nil {
				return "", err
			}
			continue
		}
		kept, err := f.keepContent(ctx, h, waiting{Entry: e, path: e.Path, name: e.Name})
		if err == nil && kept.Hash == u.hash {
			return e.Path, nil
		}
	}
	return "", nil
}

// belongsToAnother reports whether a file of archive/ or error/ is that of another exchange.
func (f *folder) belongsToAnother(ctx context.Context, p *intake.Partner, path string, u unfinished) (taken bool, err error) {
	err = f.as(ctx, p, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM exchange WHERE partner_id = $1 AND path = $2 AND id <> $3)", p.ID, path, u.id).Scan(&taken)
	})
	return taken, err
}
