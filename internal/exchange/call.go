package exchange

import (
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
)

// QueueCall records, as a statement of a batch, that a module's request goes out: an exchange with the id d.ID that is
// Processing until QueueAnswer.
func QueueCall(b *pgx.Batch, caller access.Caller, d Departure) {
	b.Queue(sendSQL, d.ID, caller.Organization, string(d.Point), optional(d.Partner), optional(d.Channel), d.Name, optional(d.Kind),
		optional(d.Reference), optional(d.RecordType), optional(d.Record), optional(d.Path))
}

// QueueNotice records, as a statement of a batch, that a message came to a module, with an id of the caller's making; it is
// Processing until QueueAnswer.
func QueueNotice(b *pgx.Batch, caller access.Caller, id string, a Arrival) {
	b.Queue(`insert into exchange (id, organization_id, direction, point, channel_id, name, kind, reference, content_hash, content_size,
		status, started_at) values ($1, $2, 'in', $3, $4, $5, $6, $7, $8, $9, 'processing', clock_timestamp())`,
		id, caller.Organization, string(a.Point), optional(a.Channel), a.Name, optional(a.Kind), optional(a.Reference), optional(a.Hash), a.Size)
}

// Answered is what became of a module's request.
type Answered struct {
	Hash       string // of request and answer in the blob store, without secrets
	Size       int64
	HTTPStatus int // 0: no answer came
	Took       time.Duration
	Reference  string // the outside system's number of the request, "" if it has none
	Reason     Reason // why it failed; empty if it did not
}

// QueueAnswer ends the exchange of a module's request, or of a message to it, as a statement of a batch. Content that is not
// given stays as it is.
func QueueAnswer(b *pgx.Batch, exchange string, a Answered) {
	status, failed := Done, 0
	if a.Reason.Code != "" {
		status, failed = Refused, 1
	}
	b.Queue(`update exchange set status = $2, content_hash = coalesce($3, content_hash),
		content_size = case when $3::text is null then content_size else $4 end, http_status = nullif($5, 0), duration = $6, read = 1,
		failed = $7, reason_code = $8, reason = $9, reference = coalesce($10, reference), finished_at = clock_timestamp(),
		updated_at = now(), revision = revision + 1 where id = $1`,
		exchange, string(status), optional(a.Hash), a.Size, a.HTTPStatus, float64(a.Took.Microseconds())/1000, failed,
		optional(a.Reason.Code), optional(clip(a.Reason.Text)), optional(a.Reference))
}
