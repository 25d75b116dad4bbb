package intake

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/format/csv"
	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module"
)

// ResultHeader is the first line of a result file.
var ResultHeader = []string{"line", "resource", "key", "outcome", "reason"}

// WriteLines writes result lines as CSV, UTF-8 and comma, without the header.
func WriteLines(w io.Writer, lines []Line) error {
	out := csv.NewWriter(w, csv.WriterOptions{})
	for _, l := range lines {
		if err := out.Write(strconv.Itoa(l.Line), l.Resource, l.Key, l.Outcome.String(), l.Reason()); err != nil {
			return err
		}
	}
	return out.Flush()
}

// Reason is what is wrong with the row in one cell; warnings say that they are.
func (l Line) Reason() string {
	parts := make([]string, 0, len(l.Notices))
	for _, n := range l.Notices {
		text := n.Detail
		if n.Warning {
			text = "warning: " + text
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

// Result writes the result file of a finished exchange: its rows as the run kept them, or why it was refused.
func (s *Service) Result(ctx context.Context, w io.Writer, p *Partner, exchangeID string, out *Outcome) error {
	head := csv.NewWriter(w, csv.WriterOptions{})
	if err := head.Write(ResultHeader...); err != nil {
		return err
	}
	if err := head.Flush(); err != nil {
		return err
	}
	if err := s.lines(ctx, w, p, exchangeID); err != nil {
		return err
	}
	if out.Reason.Text != "" {
		return WriteLines(w, []Line{{Outcome: record.Failed, Notices: []module.Notice{{Detail: out.Reason.Text}}}})
	}
	return nil
}

// lines copies the result lines of the newest run of an exchange.
func (s *Service) lines(ctx context.Context, w io.Writer, p *Partner, exchangeID string) error {
	return pgx.BeginFunc(ctx, s.DB, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, p.Caller(exchangeID)); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT lines FROM run_result WHERE run_id = (SELECT id FROM run WHERE exchange_id = $1
			ORDER BY attempt DESC LIMIT 1) ORDER BY first_row`, exchangeID)
		if err != nil {
			return err
		}
		var text string
		_, err = pgx.ForEachRow(rows, []any{&text}, func() error {
			_, err := io.WriteString(w, text)
			return err
		})
		return err
	})
}
