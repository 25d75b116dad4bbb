package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module"
)

// progress keeps a run in the exchange ledger.
type progress struct {
	run       *exchange.Run
	caller    access.Caller
	partner   *Partner
	documents bool
	again     bool
	pending   *exchange.Counts // of the chunk whose transaction is under way
	rows      int64
}

// Lock takes over what the chunk before has committed, then locks the run's row.
func (p *progress) Lock(ctx context.Context, tx pgx.Tx) error {
	p.pending = nil
	return p.run.Lock(ctx, tx)
}

// Advance writes checkpoint, counts, what was wrong and the result lines.
func (p *progress) Advance(ctx context.Context, tx pgx.Tx, done *Done) error {
	warnings, err := exchange.Record(ctx, tx, p.caller, p.run.Exchange, issues(done.Lines)...)
	if err != nil {
		return err
	}
	var text strings.Builder
	if err := WriteLines(&text, done.Lines); err != nil {
		return err
	}
	confirmations, err := p.confirmations(done.Lines)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO run_result (run_id, organization_id, first_row, lines, confirmations) VALUES ($1, $2, $3, $4, $5)`,
		p.run.ID, p.caller.Organization, done.Rows-done.Read, text.String(), confirmations)
	if err != nil {
		return err
	}
	if p.documents {
		if err := p.remember(ctx, tx, done.Lines); err != nil {
			return err
		}
	}
	delta := exchange.Counts{Read: int(done.Read), Created: int(done.Created), Updated: int(done.Updated),
		Unchanged: int(done.Unchanged), Failed: int(done.Failed), Warnings: warnings}
	if err := p.run.Save(ctx, tx, done.Rows, delta); err != nil {
		return err
	}
	p.pending, p.rows = &delta, done.Rows
	return nil
}

// Committed moves the run on in memory, once the chunk's transaction is through.
func (p *progress) Committed() {
	if p.pending != nil {
		p.run.Advance(p.rows, *p.pending)
		p.pending = nil
	}
}

func issues(lines []Line) []exchange.Issue {
	var all []exchange.Issue
	for _, l := range lines {
		for _, n := range l.Notices {
			i := exchange.Issue{Line: l.Line, Key: l.Key, Field: n.Field, Class: exchange.Class(n.Class), Severity: exchange.Failure, Code: n.Code, Detail: n.Detail}
			if i.Class == "" {
				i.Class = exchange.Value
			}
			if n.Warning {
				i.Severity = exchange.Warning
			}
			all = append(all, i)
		}
	}
	return all
}

func (p *progress) confirmations(lines []Line) ([]byte, error) {
	if !p.documents {
		return nil, nil
	}
	all := make([]module.Confirmed, 0, len(lines))
	for _, l := range lines {
		if l.Message.Number != "" {
			all = append(all, module.Confirmed{Message: l.Message, Key: l.Key, Applied: l.Outcome != record.Failed, Detail: l.Reason()})
		}
	}
	return json.Marshal(all)
}

// filter leaves out documents that came before with the same number and the same content, in whatever file.
func (p *progress) filter(ctx context.Context, tx pgx.Tx, rows []*Row) error {
	if !p.documents || p.again {
		return nil
	}
	var senders, types, numbers, hashes []string
	byKey := map[string][]*Row{}
	for _, r := range rows {
		if r.Message.Number == "" {
			continue
		}
		r.hash = hashOf(r.Raw)
		senders, types = append(senders, r.Message.Sender), append(types, r.Message.Type)
		numbers, hashes = append(numbers, r.Message.Number), append(hashes, r.hash)
		key := r.Message.Sender + "\x00" + r.Message.Type + "\x00" + r.Message.Number + "\x00" + r.hash
		byKey[key] = append(byKey[key], r)
	}
	found, err := tx.Query(ctx, `SELECT d.sender, d.type, d.number, d.content_hash FROM document_seen d
		JOIN unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS s(sender, type, number, content_hash) USING (sender, type, number, content_hash)
		WHERE d.partner_id = $1 AND d.exchange_id <> $6`, p.partner.ID, senders, types, numbers, hashes, p.run.Exchange)
	if err != nil {
		return err
	}
	var sender, kind, number, hash string
	_, err = pgx.ForEachRow(found, []any{&sender, &kind, &number, &hash}, func() error {
		for _, r := range byKey[sender+"\x00"+kind+"\x00"+number+"\x00"+hash] {
			r.Skipped = "The document " + number + " was processed before with the same content; this is a resend."
		}
		return nil
	})
	return err
}

func hashOf(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// remember keeps which documents were applied, so that a resend is known. Failed ones may come again.
func (p *progress) remember(ctx context.Context, tx pgx.Tx, lines []Line) error {
	var senders, types, numbers, hashes []string
	for _, l := range lines {
		if l.Message.Number == "" || l.Outcome == record.Failed {
			continue
		}
		senders, types = append(senders, l.Message.Sender), append(types, l.Message.Type)
		numbers, hashes = append(numbers, l.Message.Number), append(hashes, l.hash)
	}
	if len(numbers) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO document_seen (organization_id, partner_id, exchange_id, sender, type, number, content_hash)
		SELECT DISTINCT $1::uuid, $2::uuid, $3::uuid, s.* FROM unnest($4::text[], $5::text[], $6::text[], $7::text[]) AS s
		ON CONFLICT DO NOTHING`, p.caller.Organization, p.partner.ID, p.run.Exchange, senders, types, numbers, hashes)
	return err
}
