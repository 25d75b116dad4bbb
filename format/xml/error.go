package xml

import "fmt"

// Codes of the faults of a document. They are stable and never reused.
const (
	CodeMalformed     = "xml_malformed"       // not well-formed, cut off, or without an element
	CodeDTD           = "xml_dtd"             // a document type declaration or an entity declaration
	CodeTooDeep       = "xml_too_deep"        // elements within elements beyond MaxDepth
	CodeTokenTooLarge = "xml_token_too_large" // #nosec G101 -- a code; a text, tag or comment beyond MaxToken
	CodeAttributes    = "xml_attributes"      // an element with more than MaxAttributes
	CodeEncoding      = "xml_encoding"        // a declared encoding that is not read here
	CodeUnexpected    = "xml_unexpected"      // an element where only text may stand
)

// An Error refuses a whole document: nothing of it should be processed.
type Error struct {
	Code   string // one of the codes above
	Line   int    // from 1
	Column int    // in bytes, from 1
	Detail string // what is wrong and what to do, for the sender
}

// Error says where the document is wrong, and why.
func (e *Error) Error() string {
	return fmt.Sprintf("reading XML, line %d, column %d: %s: %s", e.Line, e.Column, e.Code, e.Detail)
}
