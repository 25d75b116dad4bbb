// Package change keeps the change log: what was written when, by whom, in the transaction that wrote it; the feed that
// gives committed changes one order without gaps; and the audit chain over it.
package change

import (
	"encoding/json"

	"github.com/hanse-commerce/hanse/internal/access"
)

// Events of change sets; commands have their own, such as "order.placed".
const (
	Created = "created"
	Updated = "updated"
	Deleted = "deleted"
)

// Entry is one thing that a transaction did to records of one resource. A change set of some thousand records is one
// entry, not one for each.
type Entry struct {
	Resource string            // plural, as on the wire: "priceLists"
	Event    string            // Created, Updated, Deleted or a command's event
	IDs      []string          // UUIDs of the records; their order is the order of the feed
	Fields   []string          // wire names of the fields that changed in any of the records
	Before   []json.RawMessage // old values as JSON objects by wire name, in the order of IDs; nil where none are kept
	Data     json.RawMessage   // what else a command has to say, as a JSON object; nil if nothing
}

// author is the part of a row that comes from the caller.
type author struct {
	organization     string
	kind, id, name   string
	origin, exchange string
}

func authorOf(c access.Caller) author {
	kind := string(c.Actor.Kind)
	if kind == "" {
		kind = string(access.System)
	}
	return author{organization: c.Organization, kind: kind, id: c.Actor.ID, name: c.Actor.Name, origin: c.Origin,
		exchange: c.Exchange}
}
