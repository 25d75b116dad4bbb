package backoffice

import (
	"context"
	"net/http"
	"time"
)

// Desk says what there is to do.
type Desk interface {
	Home(ctx context.Context) (Home, error)
}

// Home is the first page: what needs attention, then how much there is of what.
type Home struct {
	Attention []Attention
	Counts    []Count
	Recent    []ExchangeSummary
}

// Attention is work that waits.
type Attention struct {
	// Kind is a key below attention: "failedRuns", "refusedFiles", "unacknowledgedOrders", "refusedOrders", "unpaidShipments",
	// "blockedCustomers", "disabledChannels".
	Kind   string
	Count  int
	Tone   string    // "bad" or "warn"
	Oldest time.Time // zero where age says nothing
	URL    string    // to all of them
	First  []Waiting // the most urgent ones
}

// Waiting is one thing to do.
type Waiting struct {
	Text, Detail, URL string
	At                time.Time
}

// Count is how many records there are of something.
type Count struct {
	Type  string // wire name of a resource
	Label string // set by the page
	Value int
	URL   string // set by the page
}

func (o *Office) home(w http.ResponseWriter, r *http.Request) error {
	home, err := o.Desk.Home(r.Context())
	if err != nil {
		return err
	}
	words := o.words(r.Context())
	for i, c := range home.Counts {
		if t, ok := o.Records.Schema().Type(c.Type); ok {
			home.Counts[i].Label, home.Counts[i].URL = words.typeName(t), prefix+"/records/"+t.Name
		}
	}
	homeView.Show(o.engine, w, r, http.StatusOK, o.frame(r, words.T("home.title")), home)
	return nil
}
