package change

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/hanse-commerce/hanse/internal/access"
)

// Event is what happened to one record.
type Event struct {
	// Position and Item say where in the feed it stands; History leaves them zero.
	Position int64
	Item     int

	Change       string // UUID of the change; a chunk's events share it
	At           time.Time
	Organization string
	Resource     string // "priceLists"
	Event        string // Created, Updated, Deleted or a command's event
	Record       string // UUID; "" where the change speaks of no record
	Fields       []string
	Before       json.RawMessage // old values by wire name; only History gives them
	Data         json.RawMessage
	Actor        access.Actor
	Origin       string // partner or client whose write it was
	Exchange     string // UUID or ""
}

// Name is the event as it stands on the wire: "priceList.updated", "order.placed". singular is the resource's singular.
func (e Event) Name(singular string) string {
	if strings.Contains(e.Event, ".") {
		return e.Event
	}
	return singular + "." + e.Event
}
