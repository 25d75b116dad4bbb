package channel

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/module"
)

// arrived records a message before it has an effect; refused says why it has none.
func (h *Host) arrived(ctx context.Context, u *unit, n *notice, refused *module.Error) error {
	info, err := h.Blobs.Put(ctx, bytes.NewReader(u.redactor.message(*n)))
	if err != nil {
		return err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make an id: %w", err)
	}
	n.exchange = id.String()
	a := exchange.Arrival{Point: exchange.ModulePoint, Channel: u.id, Name: u.kind + " webhook", Kind: clipped(u.redactor.text(n.event.Type), 200),
		Reference: clipped(u.redactor.text(n.event.ID), 200), Hash: info.Hash, Size: info.Size}
	batch := &pgx.Batch{}
	access.Queue(batch, u.caller())
	exchange.QueueNotice(batch, u.caller(), n.exchange, a)
	if refused != nil {
		exchange.QueueAnswer(batch, n.exchange, exchange.Answered{Hash: info.Hash, Size: info.Size, Took: time.Since(n.began),
			Reason: exchange.Reason{Code: refused.Code, Text: refused.Detail}})
	}
	if err := h.DB.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("record a message of channel %s: %w", u.code, err)
	}
	return nil
}

// settled records what became of a message that was read.
func (h *Host) settled(ctx context.Context, u *unit, n notice, failed error) {
	a := exchange.Answered{Took: time.Since(n.began)}
	if failed != nil {
		a.Reason = exchange.Reason{Code: "not_taken", Text: u.redactor.text(failed.Error())}
	}
	batch := &pgx.Batch{}
	access.Queue(batch, u.caller())
	exchange.QueueAnswer(batch, n.exchange, a)
	if err := h.DB.SendBatch(ctx, batch).Close(); err != nil {
		h.Log.Warn("the end of a message was not recorded", "channel", u.code, "exchange", n.exchange, "error", err)
	}
}
