package dispatch

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/hanse-commerce/hanse/internal/job"
)

// Export is the job of laying out the documents about one event. It is inserted in the transaction of the event.
type Export struct {
	Organization string `json:"organization"`
	Event        string `json:"event"`
	Resource     string `json:"resource"`
	Record       string `json:"record"`
}

// Kind implements river.JobArgs.
func (Export) Kind() string { return "files.export" }

// Worker works Export jobs.
type Worker struct {
	river.WorkerDefaults[Export]
	Service *Service
}

// Work lays out the documents.
func (w *Worker) Work(ctx context.Context, j *river.Job[Export]) error {
	t, ok := w.Service.Store.Schema().Type(j.Args.Resource)
	if !ok {
		return river.JobCancel(fmt.Errorf("there is no resource %q", j.Args.Resource))
	}
	return w.Service.Event(ctx, j.Args.Organization, j.Args.Event, t, j.Args.Record)
}

// NextRetry tries again soon: an order file is waited for. The pauses grow from 1 s to 5 min.
func (w *Worker) NextRetry(j *river.Job[Export]) time.Time {
	return time.Now().Add(min(5*time.Minute, time.Second<<min(j.Attempt, 8)))
}

// Outbox puts Export jobs into the transactions of commands.
type Outbox struct{ Jobs *job.Client }

// OrderPlaced implements order.Outbox.
func (o Outbox) OrderPlaced(ctx context.Context, tx pgx.Tx, organization, order string) error {
	_, err := o.Jobs.InsertTx(ctx, tx, Export{Organization: organization, Event: "order.placed", Resource: "orders", Record: order},
		&river.InsertOpts{MaxAttempts: 200})
	if err != nil {
		return fmt.Errorf("asking for the file of order %s: %w", order, err)
	}
	return nil
}
