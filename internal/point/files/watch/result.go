package watch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/point/files/home"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
)

// answer lays the result file into result/ and confirms documents to the partner's system.
func (f *folder) answer(ctx context.Context, h home.Home, p *intake.Partner, name, id string, out *intake.Outcome) error {
	if err := PlaceResult(ctx, f.Intake, h, p, name, id, out); err != nil {
		return err
	}
	if f.Confirm == nil || out.Run == "" || out.Kind == nil || out.Kind.Channel == nil {
		return nil
	}
	return f.Confirm(ctx, p, id, out.Kind, out.Run)
}

// PlaceResult lays result/NAME.result.csv: what became of each row, or why the file was refused. A second call for the same
// run lays nothing again.
func PlaceResult(ctx context.Context, s *intake.Service, h home.Home, p *intake.Partner, name, id string, out *intake.Outcome) error {
	for n := 0; ; n++ {
		where, fresh, err := reserveResult(ctx, s, h, p, name, id, out.Run)
		if err != nil {
			return fmt.Errorf("choosing a name for the result of %s: %w", name, err)
		}
		_, err = h.Place(ctx, home.Result, path.Base(where), home.Refuse, func(w io.Writer) error { return s.Result(ctx, w, p, id, out) })
		switch {
		case err == nil, errors.Is(err, home.ErrExists) && !fresh: // it was placed before
			return nil
		case errors.Is(err, home.ErrExists) && n < 3: // somebody else was quicker
			err = within(ctx, s.DB, p.Caller(id), func(tx pgx.Tx) error {
				_, err := tx.Exec(ctx, "DELETE FROM file_result WHERE exchange_id = $1 AND run = $2", id, out.Run)
				return err
			})
		}
		if err != nil {
			return fmt.Errorf("laying the result of %s: %w", name, err)
		}
	}
}

// reserveResult gives the path of a run's result file; fresh says that it was chosen just now.
func reserveResult(ctx context.Context, s *intake.Service, h home.Home, p *intake.Partner, name, id, run string) (where string, fresh bool, err error) {
	err = within(ctx, s.DB, p.Caller(id), func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, "SELECT path FROM file_result WHERE exchange_id = $1 AND run = $2", id, run).Scan(&where)
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		if where, err = freeResult(ctx, h, name); err != nil {
			return err
		}
		fresh = true
		_, err = tx.Exec(ctx, "INSERT INTO file_result (exchange_id, run, organization_id, path) VALUES ($1, $2, $3, $4)", id, run, p.Organization, where)
		return err
	})
	return where, fresh, err
}

const resultSuffix = ".result"

// longestBase leaves room behind a name for the suffix, the time, a number and the extension.
const longestBase = 200

// freeResult is a name in result/ that is not taken: with the time before its extension if need be.
func freeResult(ctx context.Context, h home.Home, name string) (string, error) {
	for len(name) > longestBase {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	stamp := ""
	for n := 1; ; n++ {
		where := home.Result + "/" + name + resultSuffix + stamp + ".csv"
		if _, err := h.Stat(ctx, where); errors.Is(err, fs.ErrNotExist) {
			return where, nil
		} else if err != nil {
			return "", err
		}
		stamp = "." + time.Now().UTC().Format(stampLayout)
		if n > 1 {
			stamp += fmt.Sprintf("-%d", n)
		}
	}
}
