// Package command runs the commands of the business: each in one transaction on behalf of its caller, once per
// idempotency key.
package command

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// Call is one use of a command.
type Call struct {
	Caller  access.Caller
	Command *resource.Command
	Target  string // UUID of the record it acts on, which the caller may see
	Input   resource.Record
	Now     time.Time // the database's clock at the start of the transaction
	Left    any       // what Run leaves to After; nil where Run did not run, because the outcome was known

	// Remark is what the command has to say although it is not refused, such as that there was nothing to do.
	Remark *resource.Violation
}

// Value is an input field's canonical text, "" where it was not given or cleared.
func (c *Call) Value(name string) string {
	if i, ok := c.Command.Input.Find(name); ok {
		return c.Input[i].Text
	}
	return ""
}

// Given reports whether an input field was mentioned, be it to clear it.
func (c *Call) Given(name string) bool {
	i, ok := c.Command.Input.Find(name)
	return ok && c.Input[i].Given()
}

// Func does the work of a command within the transaction and gives the UUID of the record the command answers with. It
// makes no call to the outside, and may run again when the transaction lost against another: nothing of it stays then.
type Func func(ctx context.Context, tx pgx.Tx, call *Call) (result string, err error)

// AfterFunc does, behind the commit and outside any transaction, what a command has to ask the outside for. It runs on every
// use of the command, a replayed one too, so it must find out itself what is left to do; what it does not get to do, because
// the process dies or the outside does not answer, somebody else has to make good. An *Error that it gives is the command's
// answer although the transaction stands; any other error is logged.
type AfterFunc func(ctx context.Context, call *Call, result string) error

// Binding ties a command to its functions; areas hand out lists of them.
type Binding struct {
	On, Name string
	Run      Func
	After    AfterFunc // or nil
}
