package csv

import (
	"fmt"
	"io"
)

// Read gives the next record, and io.EOF behind the last. A fault of one row is in the record's Err; the error of Read
// ends the file: the content changed since it was scanned, or could not be read.
func (r *Reader) Read() (Record, error) {
	if err := r.tok.next(); err == io.EOF {
		return Record{}, io.EOF
	} else if err != nil {
		return Record{}, scanError(err)
	}
	row := &r.tok.row
	if r.encoding == Windows1252 {
		r.spare = row.decode1252(r.spare)
	}
	text, start := string(row.text), 0
	for i, end := range row.ends {
		r.cells[i], start = text[start:end], end
	}
	if used := len(row.ends); used < r.used {
		clear(r.cells[used:r.used]) // not all of them: a wide header over short rows would cost more than reading
	}
	r.used = len(row.ends)
	return Record{Line: row.line, Cells: r.cells, Err: r.rowError(row)}, nil
}

func (r *Reader) rowError(row *row) *RowError {
	fail := func(code, format string, args ...any) *RowError {
		return &RowError{code, row.line, fmt.Sprintf(format, args...)}
	}
	switch row.fault {
	case CodeFieldTooLarge:
		return fail(row.fault, "the cell in column %d (%s) is larger than %d bytes; shorten it",
			row.column+1, r.columnLabel(row.column), MaxField)
	case CodeRowTooLarge:
		return fail(row.fault, "the row is larger than %d bytes; shorten its cells", MaxRow)
	case CodeQuoteBroken:
		return fail(row.fault, "text behind the closing quote of column %d (%s); double the quotes inside cells",
			row.column+1, r.columnLabel(row.column))
	}
	switch columns := len(r.header); {
	case row.cells < r.named || row.extra:
		return fail(CodeRowRagged, "%d cells, but the header has %d columns; put cells that contain %q into quotes",
			row.cells, columns, r.delimiter)
	case repeatsHeader(r.header, r.cells):
		return fail(CodeRowIsHeader, "this row is the header again; the header may stand only at the top")
	}
	return nil
}

func (r *Reader) columnLabel(column int) string {
	if column < len(r.header) && r.header[column] != "" {
		return r.header[column]
	}
	return "no name"
}

// DecimalMark is the decimal mark of a column's numbers, and whether the file proves it. Where it does not, the mark is
// that of the options. Where a column holds proofs of both kinds, the more frequent one wins, and the numbers written
// otherwise are refused one by one.
func (r *Reader) DecimalMark(column int) (mark byte, proved bool) {
	if column < len(r.marks) && r.marks[column] != 0 {
		return r.marks[column], true
	}
	return r.mark, false
}

// Decimal reads a cell of a column as a number and gives it in one form for all files: "1234.50". The number never
// passes through floating point and keeps the decimals that were sent. Spaces, no-break spaces, apostrophes and the
// mark that is not the decimal one may group the digits by three; the sign may stand in front, a minus also behind.
// Anything else is a *NumberError, the empty cell too.
func (r *Reader) Decimal(column int, cell string) (string, error) {
	mark, _ := r.DecimalMark(column)
	number, reason := canonical(cell, mark)
	if reason != "" {
		return "", &NumberError{Cell: shorten(cell), Detail: reason}
	}
	return number, nil
}

func shorten(cell string) string {
	const limit = 40
	if len(cell) <= limit {
		return cell
	}
	n := limit
	for n > 0 && cell[n]&0xc0 == 0x80 { // not within a character
		n--
	}
	return cell[:n] + "…"
}
