package backoffice

import (
	"context"
	"net/http"
	"time"

	"github.com/hanse-commerce/hanse/internal/access"
)

// Traces tells what happened to an order across all borders.
type Traces interface {
	// Trace gives all steps of an order in the order of time: what was done to it, each message about it and each step of its
	// payment. ErrNotFound: there is no such order for the user.
	Trace(ctx context.Context, order string) ([]TraceStep, error)
}

// Trace is the page of an order's way, from the buyer's click to the last answer of the ERP.
type Trace struct {
	Order Link
	Steps []TraceStep
}

// TraceStep is one thing that happened.
type TraceStep struct {
	At      time.Time
	Since   time.Duration // since the first step; set by the page
	Kind    string        // "event", "message", "call" or "payment"
	Name    string        // of an event a key below event, of a payment one below action, else what it is called
	Who     string        // actor, partner or channel
	Status  string        // "done", "failed", "waiting" or "" where there is nothing to say
	Detail  string
	Amount  string
	URL     string        // of what is behind it
	Took    time.Duration // 0 where it is not known
	Inbound bool
}

// Tone is the colour of the status.
func (s TraceStep) Tone() string {
	return map[string]string{"done": "good", "failed": "bad", "waiting": "info"}[s.Status]
}

// Icon is the picture of the kind.
func (s TraceStep) Icon() string {
	switch {
	case s.Kind == "payment":
		return "circle-check"
	case s.Kind == "event":
		return "clock"
	case s.Inbound:
		return "arrow-down-to-line"
	}
	return "arrow-up-from-line"
}

func (o *Office) trace(w http.ResponseWriter, r *http.Request) error {
	t, ok := o.Records.Schema().Type("orders")
	if !ok || !o.may(r.Context(), t, access.Read) {
		return ErrNotFound
	}
	found, err := o.find(r.Context(), t, r.PathValue("id"))
	if err != nil {
		return err
	}
	steps, err := o.Traces.Trace(r.Context(), found.id)
	if err != nil {
		return err
	}
	words := o.words(r.Context())
	for i := range steps {
		steps[i].Since = steps[i].At.Sub(steps[0].At)
		steps[i].At = steps[i].At.In(words.zone)
	}
	v := Trace{Order: Link{found.label(words.Language().String()), recordURL(t.Name, found.id)}, Steps: steps}
	title := words.T("trace.title", v.Order.Text)
	traceView.Show(o.engine, w, r, http.StatusOK, o.frame(r, title, words.typeName(t), prefix+"/records/orders", v.Order.Text, v.Order.URL, title), v)
	return nil
}
