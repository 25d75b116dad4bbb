// Package exchange is the ledger of everything that crosses the border: each message in or out is one exchange, with its
// partner, its content, its state, what became of its records and what was wrong with them.
package exchange

import (
	"embed"
	"io/fs"

	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/resource"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of partners, channels and the ledger. They need those of access and change before them.
func Migrations() postgres.Source {
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		sub = files // the name is a constant that embed has checked
	}
	return postgres.Source{Area: "exchange", FS: sub, Private: []string{"channel_secret"}}
}

// Resources are the definitions of partners, channels, exchanges and their errors. Channels speak of websites, which are
// the business's.
func Resources() []resource.Definition {
	return []resource.Definition{Partners, Channels, ChannelWebsites, Exchanges, Errors}
}

// Direction says which way a message crosses the border.
type Direction string

// The directions.
const (
	In  Direction = "in"
	Out Direction = "out"
)

// Point is the integration point that a message takes.
type Point string

// The integration points.
const (
	FilesPoint   Point = "files"
	APIPoint     Point = "api"
	ModulePoint  Point = "module"
	ReplicaPoint Point = "replica"
)

// Status is how far an exchange has come.
type Status string

// The states of an exchange. Received and Processing pass; the others stay.
const (
	Received   Status = "received"
	Processing Status = "processing"
	Done       Status = "done"       // all records were taken, perhaps with warnings
	PartlyDone Status = "partlyDone" // some records were not taken
	Refused    Status = "refused"    // the message as a whole was not taken
)

// Finished reports whether nothing more is going to happen by itself.
func (s Status) Finished() bool { return s == Done || s == PartlyDone || s == Refused }

// Counts are what became of the rows of a message.
type Counts struct {
	Read, Created, Updated, Unchanged, Failed int
	Warnings                                  int // warnings do not make a row fail
}

// Status is the end that rows with these counts make of an exchange.
func (c Counts) Status() Status {
	if c.Failed > 0 {
		return PartlyDone
	}
	return Done
}

// Add gives the sum of both.
func (c Counts) Add(d Counts) Counts {
	return Counts{c.Read + d.Read, c.Created + d.Created, c.Updated + d.Updated, c.Unchanged + d.Unchanged,
		c.Failed + d.Failed, c.Warnings + d.Warnings}
}
