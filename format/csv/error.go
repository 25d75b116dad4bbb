package csv

import "fmt"

// Codes of faults that refuse a whole file. They are stable and never reused.
const (
	CodeEncodingUnknown = "encoding_unknown" // the bytes are text in no encoding that is read here
	CodeHeaderTwice     = "header_twice"     // two columns have the same name
	CodeHeaderTooLarge  = "header_too_large" // the header is beyond the caps on fields, rows or columns
	CodeHeaderBroken    = "header_broken"    // the header's own quotes are broken
	CodeFileCutOff      = "file_cut_off"     // the file ends inside quotes
)

// Codes of faults that cost one row only. They are stable and never reused.
const (
	CodeRowRagged     = "row_ragged"      // more or fewer cells than the header has columns
	CodeRowIsHeader   = "row_is_header"   // the header is repeated in the middle of the file
	CodeRowTooLarge   = "row_too_large"   // the row's cells are beyond the cap on a row
	CodeFieldTooLarge = "field_too_large" // a cell is beyond the cap on a field
	CodeQuoteBroken   = "quote_broken"    // text stands behind a closing quote
)

// CodeNumberUnreadable is the code of a cell that Reader.Decimal cannot read.
const CodeNumberUnreadable = "number_unreadable"

// An Error refuses a whole file: nothing of it should be processed.
type Error struct {
	Code   string // one of the file codes above
	Line   int    // physical line of the fault, from 1
	Detail string // what is wrong and what to do, for the sender
}

// Error says where the file is wrong, and why.
func (e *Error) Error() string {
	return fmt.Sprintf("reading CSV, line %d: %s: %s", e.Line, e.Code, e.Detail)
}

// A RowError costs one row: reading goes on behind it.
type RowError struct {
	Code   string // one of the row codes above
	Line   int    // first physical line of the row, from 1
	Detail string // what is wrong and what to do, for the sender
}

// Error says which row is wrong, and why.
func (e *RowError) Error() string {
	return fmt.Sprintf("row at line %d: %s: %s", e.Line, e.Code, e.Detail)
}

// A NumberError is a cell that is no number in its column.
type NumberError struct {
	Cell   string // the cell as sent, shortened to 40 bytes
	Detail string // what is wrong with it
}

// Error says why the cell is no number.
func (e *NumberError) Error() string {
	return fmt.Sprintf("%s: %q: %s", CodeNumberUnreadable, e.Cell, e.Detail)
}
