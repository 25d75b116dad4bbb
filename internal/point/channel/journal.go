package channel

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/exchange"
)

// writing bounds how long the ledger may take behind a call.
const writing = 30 * time.Second

// spoken is a request with what became of it.
type spoken struct {
	request *http.Request
	sent    []byte
	answer  *http.Response // nil: none came
	got     []byte
	took    time.Duration
	err     error
}

// begin records that a request goes out, before it does, and gives the exchange's id. The process may die between, so the row
// is committed; the machine may not, so nobody waits for its disk.
func (h *Host) begin(ctx context.Context, u *unit, w call, r *http.Request) (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	batch := &pgx.Batch{}
	access.Queue(batch, u.caller())
	batch.Queue("select set_config('synchronous_commit', 'off', true)")
	exchange.QueueCall(batch, u.caller(), exchange.Departure{ID: id.String(), Point: exchange.ModulePoint, Channel: u.id, Name: u.kind + " " + w.operation,
		Kind: clipped(r.Method+" "+u.redactor.text(r.URL.Path), 200), RecordType: recordType(w), Record: w.record})
	if err := h.DB.SendBatch(ctx, batch).Close(); err != nil {
		return "", fmt.Errorf("record the request of channel %s: %w", u.code, err)
	}
	return id.String(), nil
}

func recordType(w call) string {
	if w.record == "" {
		return ""
	}
	return w.recordType
}

// end records what became of a request, behind the call.
func (h *Host) end(u *unit, id string, s spoken) {
	h.behind.do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), writing)
		defer cancel()
		if err := h.record(ctx, u, id, s); err != nil {
			h.Log.Error("an exchange of a module was not recorded to its end", "channel", u.code, "exchange", id, "error", err)
		}
	})
}

func (h *Host) record(ctx context.Context, u *unit, id string, s spoken) error {
	content := u.redactor.conversation(s)
	info, err := h.Blobs.Put(ctx, bytes.NewReader(content))
	if err != nil {
		return err
	}
	r := exchange.Answered{Hash: info.Hash, Size: info.Size, Took: s.took}
	switch {
	case s.err != nil:
		r.Reason = exchange.Reason{Code: "connection", Text: u.redactor.text(s.err.Error())}
	case s.answer.StatusCode >= http.StatusBadRequest:
		r.HTTPStatus = s.answer.StatusCode
		r.Reason = exchange.Reason{Code: fmt.Sprintf("http_%d", s.answer.StatusCode), Text: "The outside system answered " + u.redactor.text(s.answer.Status) + "."}
	default:
		r.HTTPStatus = s.answer.StatusCode
	}
	if s.answer != nil {
		r.Reference = clipped(u.redactor.text(s.answer.Header.Get("Request-Id")), 200)
	}
	batch := &pgx.Batch{}
	access.Queue(batch, u.caller())
	batch.Queue("select set_config('synchronous_commit', 'off', true)")
	exchange.QueueAnswer(batch, id, r)
	return h.DB.SendBatch(ctx, batch).Close()
}

func clipped(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}
