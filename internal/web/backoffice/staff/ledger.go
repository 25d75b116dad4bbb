package staff

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/web/backoffice"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/resource"
)

// ledger shows the exchanges.
type ledger struct{ *Staff }

// permit lets through who may read the ledger; for anybody else it is not there.
func permit(ctx context.Context) error {
	if !mayRead(callerOf(ctx), "exchanges") {
		return backoffice.ErrNotFound
	}
	return nil
}

// Exchanges implements backoffice.Exchanges.
func (l ledger) Exchanges(ctx context.Context, q backoffice.ExchangeQuery) (list backoffice.ExchangeList, err error) {
	if err := permit(ctx); err != nil {
		return list, err
	}
	err = l.within(ctx, callerOf(ctx), func(tx pgx.Tx) error {
		if list, err = listExchanges(ctx, tx, callerOf(ctx).Organization, q); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "SELECT code, name FROM partner WHERE organization_id = $1 ORDER BY code", callerOf(ctx).Organization)
		if err != nil {
			return err
		}
		list.Partners, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (page.Option, error) {
			var o page.Option
			err := row.Scan(&o.Value, &o.Text)
			return o, err
		})
		return err
	})
	return list, err
}

const listSQL = `SELECT e.id::text, e.name, coalesce(e.kind, ''), e.direction, coalesce(p.name, ''), e.status, e.created_at,
  e.read, e.created, e.updated, e.unchanged, e.failed, e.warnings, count(*) OVER ()
FROM exchange e LEFT JOIN partner p ON p.id = e.partner_id
WHERE e.organization_id = $7 AND ($1 = '' OR e.direction = $1) AND ($2 = '' OR e.status = $2) AND ($3 = '' OR p.code = $3)
  AND ($4 = '' OR e.name ILIKE '%' || replace(replace(replace($4, '\', '\\'), '%', '\%'), '_', '\_') || '%' OR e.reference = $4)
ORDER BY e.id DESC LIMIT $5 OFFSET $6`

// listExchanges reads a page of the ledger; row-level security keeps it to the caller's organization.
func listExchanges(ctx context.Context, tx pgx.Tx, organization string, q backoffice.ExchangeQuery) (list backoffice.ExchangeList, err error) {
	rows, err := tx.Query(ctx, listSQL, q.Direction, q.Status, q.Partner, q.Text, q.Size, offset(q.Number, q.Size), organization)
	if err != nil {
		return list, fmt.Errorf("listing exchanges: %w", err)
	}
	list.Exchanges, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (e backoffice.ExchangeSummary, err error) {
		err = row.Scan(append(summary(&e), &list.Total)...)
		return e, err
	})
	return list, err
}

func summary(e *backoffice.ExchangeSummary) []any {
	c := &e.Counts
	return []any{&e.ID, &e.Name, &e.Kind, &e.Direction, &e.Partner, &e.Status, &e.At, &c.Read, &c.Created, &c.Updated, &c.Unchanged, &c.Failed, &c.Warnings}
}

const oneSQL = `SELECT e.id::text, e.name, coalesce(e.kind, ''), e.direction, coalesce(p.name, ''), e.status, e.created_at,
  e.read, e.created, e.updated, e.unchanged, e.failed, e.warnings, e.point, coalesce(c.name, ''), coalesce(e.reference, ''),
  coalesce(p.id::text, ''), e.started_at, e.finished_at, coalesce(r.attempt, 0), coalesce(r.node, ''), coalesce(r.estimate, 0)::int,
  coalesce(e.content_size, 0)::bigint, coalesce(e.content_hash, ''), coalesce(e.reason, ''), coalesce(e.duplicate_of_id::text, ''),
  coalesce(d.name, ''), coalesce(e.record_type, ''), coalesce(e.record_id, ''), e.placed_at, e.collected_at, e.acknowledged_at,
  coalesce(e.acknowledgement, ''), coalesce(e.acknowledgement_text, ''), r.id IS NOT NULL
FROM exchange e LEFT JOIN partner p ON p.id = e.partner_id LEFT JOIN channel c ON c.id = e.channel_id
LEFT JOIN exchange d ON d.id = e.duplicate_of_id
LEFT JOIN LATERAL (SELECT * FROM run WHERE exchange_id = e.id ORDER BY attempt DESC LIMIT 1) r ON true WHERE e.id = $1::uuid AND e.organization_id = $2::uuid`

// Exchange implements backoffice.Exchanges.
func (l ledger) Exchange(ctx context.Context, id string) (e backoffice.Exchange, err error) {
	if _, ok := resource.ParseUUID(id); !ok {
		return e, backoffice.ErrNotFound
	}
	if err := permit(ctx); err != nil {
		return e, err
	}
	var r reading
	err = l.within(ctx, callerOf(ctx), func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, oneSQL, id, callerOf(ctx).Organization).Scan(append(summary(&e.ExchangeSummary), &e.Point, &e.Channel, &e.Reference, &r.partner, &r.started,
			&r.finished, &e.Attempt, &e.Node, &e.Estimate, &e.Size, &e.Hash, &e.Reason, &r.duplicate, &r.duplicateName, &r.recordType,
			&r.record, &r.placed, &r.collected, &r.acknowledged, &r.verdict, &r.verdictText, &e.Result)...)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return e, backoffice.ErrNotFound
	}
	if err != nil {
		return e, fmt.Errorf("reading exchange %s: %w", id, err)
	}
	r.complete(&e)
	return e, nil
}

// Errors implements backoffice.Exchanges.
func (l ledger) Errors(ctx context.Context, id, class string, number, size int) (all backoffice.Errors, err error) {
	if !mayRead(callerOf(ctx), "exchangeErrors") {
		return all, nil
	}
	err = l.within(ctx, callerOf(ctx), func(tx pgx.Tx) error {
		groups, err := tx.Query(ctx, "SELECT class, count(*) FROM exchange_error WHERE exchange_id = $1 GROUP BY class ORDER BY 2 DESC", id)
		if err != nil {
			return err
		}
		if all.Groups, err = pgx.CollectRows(groups, pgx.RowToStructByPos[backoffice.ErrorGroup]); err != nil {
			return err
		}
		for _, g := range all.Groups {
			if class == "" || class == g.Class {
				all.Total += g.Count
			}
		}
		rows, err := tx.Query(ctx, `SELECT coalesce(line, 0), coalesce(key, ''), coalesce(field, ''), class, code, detail, severity = 'warning', count
			FROM exchange_error WHERE exchange_id = $1 AND ($2 = '' OR class = $2) ORDER BY severity, line, id LIMIT $3 OFFSET $4`,
			id, class, size, offset(number, size))
		if err != nil {
			return err
		}
		all.Errors, err = pgx.CollectRows(rows, pgx.RowToStructByPos[backoffice.Error])
		return err
	})
	if err != nil {
		return all, fmt.Errorf("reading what was wrong with exchange %s: %w", id, err)
	}
	return all, nil
}

// Content implements backoffice.Exchanges: the original as it was received or sent, or the result lines of the newest run.
func (l ledger) Content(ctx context.Context, id, part string) (c backoffice.Content, err error) {
	e, err := l.Exchange(ctx, id)
	if err != nil {
		return c, err
	}
	if part == "result" {
		return l.result(ctx, e)
	}
	if e.Hash == "" {
		return c, backoffice.ErrNotFound
	}
	r, err := l.Staff.Content(ctx, e.Hash)
	if err != nil {
		return c, fmt.Errorf("opening the content of exchange %s: %w", id, err)
	}
	return backoffice.Content{Name: e.Name, Size: e.Size, ReadCloser: r}, nil
}

func (l ledger) result(ctx context.Context, e backoffice.Exchange) (backoffice.Content, error) {
	text := bytes.NewBufferString("line,resource,key,outcome,reason\r\n")
	err := l.within(ctx, callerOf(ctx), func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT lines FROM run_result WHERE run_id = (SELECT id FROM run WHERE exchange_id = $1
			ORDER BY attempt DESC LIMIT 1) ORDER BY first_row`, e.ID)
		if err != nil {
			return err
		}
		var lines string
		_, err = pgx.ForEachRow(rows, []any{&lines}, func() error {
			text.WriteString(lines)
			return nil
		})
		return err
	})
	return backoffice.Content{Name: e.Name + ".result.csv", Size: int64(text.Len()), ReadCloser: io.NopCloser(text)}, err
}

// Again implements backoffice.Exchanges by the command exchanges/processAgain.
func (l ledger) Again(ctx context.Context, id string) (string, error) {
	c, ok := l.Store.Schema().Command("exchanges", "processAgain")
	if !ok {
		return "", backoffice.ErrNotAgain
	}
	again, _, err := l.Commands.Run(ctx, callerOf(ctx), c, resource.Ref{ID: id}, nil, "")
	var refused *command.Error
	if errors.As(err, &refused) {
		return "", backoffice.ErrNotAgain
	}
	return again, err
}

// offset is where a page begins; nobody leafs further than a million pages.
func offset(number, size int) int { return (min(max(number, 1), 1_000_000) - 1) * size }
