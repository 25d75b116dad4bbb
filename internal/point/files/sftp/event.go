package sftp

import (
	"context"
	"strings"
	"time"

	"github.com/hanse-commerce/hanse/internal/point/files/home"
)

// Kind is what a partner did with a file.
type Kind string

// The kinds of events.
const (
	Closed  Kind = "closed"  // an upload into in/ was closed by the client
	Cut     Kind = "cut"     // an upload ended without that, or a write failed: the file stays partial
	Renamed Kind = "renamed" // from Path to To; folders too
	Removed Kind = "removed"
	Read    Kind = "read" // opened, read and closed; says nothing about a business acknowledgement
)

// Event is one thing that a partner did.
type Event struct {
	Partner Partner
	Kind    Kind
	Path    string // in the partner's home: "in/products.csv"
	To      string // new path of Renamed
	At      time.Time
}

// Collected reports whether the event says that the partner has collected a file of out/ or result/: he deleted it or
// took it into archive/. A mere read does not say so.
func (e Event) Collected() bool {
	top, _ := home.Split(e.Path)
	if top != home.Out && top != home.Result {
		return false
	}
	return e.Kind == Removed || e.Kind == Renamed && strings.HasPrefix(e.To, home.Archive+"/")
}

// Observer learns of events after they happened. The client waits for its answer meanwhile, so it must be quick. A crash
// may come between deed and event: who needs all of them compares with the home at start.
type Observer interface {
	Observe(ctx context.Context, event Event)
}
