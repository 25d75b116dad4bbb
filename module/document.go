package module

import (
	"context"
	"io"
	"time"
)

// DocumentReader is a module that reads documents of its system out of files.
type DocumentReader interface {
	Incoming() []Incoming
}

// Incoming is one type of document that a module reads.
type Incoming struct {
	Kind string // "MATMAS05"
	Root string // name of the XML root element that tells it
	// Resource is the type that the rows are mainly about; files that wait together are taken in the order in which the
	// resources are defined.
	Resource string
	// Open verifies the whole envelope and reads on from its start. An error refuses the file as a whole; if it has a
	// method Code() string, that is the reason's stable code.
	Open func(ctx context.Context, c Content, s Settings) (Documents, error)
}

// Content is a file's bytes, which may be read more than once.
type Content interface {
	Name() string // base name
	Open() (io.ReadCloser, error)
}

// Documents yields the rows of a file; an IDoc is one row whatever it holds. Next gives io.EOF after the last.
type Documents interface {
	Next(ctx context.Context) (*Document, error)
}

// Document is one row.
type Document struct {
	Line    int     // of its first line in the file
	Key     string  // natural key of the record it is about, for people and the result file
	Message Message // the sender's own number of it
	Raw     []byte  // as received; kept for what the mapping did not understand

	Records []Record
	// Commands are what the row asks to be done to records that only commands change. They run in order, each whole or not
	// at all, after the Records; one that is refused fails the row.
	Commands []Command
	// Periods are times for which the Records are all prices there are; stored ones that they do not give make room.
	Periods []Period
	// Acknowledgements are the partner's answers to messages of ours.
	Acknowledgements []Acknowledgement
	Notices          []Notice
	// Skipped says why the row is left out on purpose ("MSGFN 023: do not import"); it counts as unchanged.
	Skipped string
}

// Message identifies a message within its sender's world: for SAP (SNDPRN, MESTYP, DOCNUM).
type Message struct {
	Sender, Type, Number string
	Time                 time.Time
}

// Notice is something wrong with a row. Without Warning it fails the row; nothing of it is then applied.
type Notice struct {
	Warning bool
	Field   string
	Class   string // value, missing, parse, duplicate, tooLarge
	Code    string // stable
	Detail  string
}

// Operation is what a row does to a record.
type Operation string

const (
	Upsert Operation = "upsert" // create, or change what is given
	Update Operation = "update" // change what is given; an unknown record fails the row
	Delete Operation = "delete"
	// Ensure makes a record that many rows need, such as who gets a price list: created where its key is missing, else left
	// alone. Rows that need it fail with it. Values are those of a new record only.
	Ensure Operation = "ensure"
)

// Record is one record that a row means, in wire names and wire values: nil clears, a missing key keeps.
type Record struct {
	Resource   string
	Operation  Operation // Upsert if empty
	Values     map[string]any
	Initial    map[string]any       // values for a new record only
	References map[string]Reference // to-one relations
	Owned      map[string][]Record  // owned to-many relations; a given list takes the place of the stored one
	// ExternalIDs are the record's names in the partner's system; Hanse adds the partner's code.
	ExternalIDs []string
}

// Command is a command of the business that a row asks for, such as confirming an order. The commands and their inputs are
// those of the API, POST /{type}/{id}/actions/{command}.
type Command struct {
	On, Name string // "orders", "confirm"
	// Target is the record by its natural key, External by its number in the partner's system. Where a document gives both,
	// the record that bears External counts, and Target where none does (not yet, for instance).
	Target   []string
	External string
	Input    map[string]any // wire values by name
}

// Reference is a to-one relation of a Record by natural key, its parts flattened.
type Reference struct {
	Key []string // nil clears the relation
	// Missing says what to do when there is no such record: "fail" (or empty), "warn" (write without it) or "create"
	// (with the key and Values).
	Missing string
	Values  map[string]any
	// Of, instead of a key, takes the relation of the same name of the record that another relation of this record names:
	// the "unit" Of "product" is the product's own unit.
	Of string
}

// Period is a time for which a row gives all prices of a product, in one unit and currency, on one list, as a condition
// record does with its scale. Stored prices of that time go; those that reach into it are cut.
type Period struct {
	PriceList, Product, Unit, Currency string   // natural keys; the unit by the partner's code
	From, Until                        string   // first and last day, yyyy-mm-dd; "" is open
	Steps                              []string // least quantities of the prices among the Records that begin on From
	// Ended: there are no such prices any more. Only what begins on From goes.
	Ended bool
}

// Acknowledgement is the partner's business answer to a message of ours, not the transport's.
type Acknowledgement struct {
	Kind     string // kind of our message, "ORDERS05"
	Number   string // our message's number
	Accepted bool
	Code     string // the partner's status, "53"
	Text     string
	External string // the partner's own number of what it made of it, or ""
	// Time is when the partner said so: what it said earlier does not overrule what it said later. Zero where it does not tell;
	// it then counts as said now.
	Time time.Time
}

// DocumentWriter is a module that writes documents for its system.
type DocumentWriter interface {
	Outgoing() []Outgoing
}

// Outgoing is one type of document that a module writes when something happens.
type Outgoing struct {
	Kind  string // "ORDERS05"
	Event string // "order.placed"
	// Extension of the file's name, "xml"; the name is <event's resource>s_<yyyymmddThhmmssZ>_<number>.<extension>.
	Extension string
	// Include are the relation paths of the record that Write needs.
	Include []string
	// Write writes the document. The record is a tree of wire values: attributes and id, to-one relations as such trees or
	// null, to-many relations as lists of them, and externalIds; a unit has beside its code the partner's own, partnerCode.
	Write func(ctx context.Context, w io.Writer, m Message, record map[string]any, s Settings) error
}

// Confirmer is a module that tells its system what became of the documents it sent.
type Confirmer interface {
	// Confirm writes one document about all rows of an inbound file. Kinds that are never confirmed (a confirmation itself)
	// give ok false and write nothing. The file is named <base>_<yyyymmddThhmmssZ>_<number>.xml.
	Confirm(w io.Writer, kind string, m Message, rows []Confirmed, s Settings) (base string, ok bool, err error)
}

// Confirmed is what became of one row.
type Confirmed struct {
	Message Message
	Key     string
	Applied bool
	Detail  string // why not, or what was changed
}
