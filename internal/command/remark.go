package command

import (
	"fmt"
	"time"

	"github.com/hanse-commerce/hanse/resource"
)

// Codes of remarks: there was nothing to do.
const (
	CodeStale = "stale"     // the document is older than what was taken of the same thing
	CodeSame  = "unchanged" // everything is as the document says already
)

// Stale remarks that the command changes nothing, because its document is older than what was taken of the same thing. It
// gives no error: whoever sends an old document has nothing to mend.
func (c *Call) Stale(what string, written, newest time.Time) error {
	c.remark(CodeStale, "documentTime", "The document about %s is of %s and older than what was taken before, of %s; nothing was changed.",
		what, written.UTC().Format(time.RFC3339), newest.UTC().Format(time.RFC3339))
	return nil
}

// Same remarks that the command changes nothing, because everything is as it says.
func (c *Call) Same(what string) error {
	c.remark(CodeSame, "", "Everything about %s was known already; nothing was changed.", what)
	return nil
}

func (c *Call) remark(code, field, format string, a ...any) {
	c.Remark = &resource.Violation{Field: field, Code: code, Detail: fmt.Sprintf(format, a...)}
}
