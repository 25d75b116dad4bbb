// Package csv reads CSV files as trading partners really send them, and writes them as RFC 4180 says.
package csv

import (
	"errors"
	"fmt"
	"io"
	"iter"
)

// Options are what the caller knows about a file; the zero value leaves everything to the reader.
type Options struct {
	Delimiter   byte // 0 means: found out among comma, semicolon, tab and bar
	DecimalMark byte // '.' or ',' for columns whose numbers prove neither; 0 means '.'
}

// A Record is one row behind the header.
type Record struct {
	// Line is the row's first physical line, from 1.
	Line int
	// Cells has one cell for each column of the header, as sent; cells that are missing or beyond a cap are "". The
	// slice is overwritten by the next Read. The strings are the caller's; those of one row share one piece of memory.
	Cells []string
	// Err is not nil where this row must not be used; the rows behind it can be.
	Err *RowError
}

// Reader gives the records of one file. Before the first record the whole file was scanned once, so encoding, delimiter
// and decimal marks hold for all of it, and a file that is cut off is refused before anything of it was used.
type Reader struct {
	*profile
	columns map[string]int
	named   int // columns up to the last one with a name; rows may lack those behind it
	mark    byte
	tok     *tokenizer
	cells   []string
	used    int // cells that are not ""
	spare   []byte
	close   func() error
}

// NewReader scans r from where it stands to its end, goes back and makes ready to read the records. A file that cannot
// be read as a whole gives an *Error.
func NewReader(r io.ReadSeeker, o Options) (*Reader, error) {
	start, err := r.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, fmt.Errorf("reading CSV: find the position: %w", err)
	}
	return Open(func() (io.ReadCloser, error) {
		_, err := r.Seek(start, io.SeekStart)
		return io.NopCloser(r), err
	}, o)
}

// Open is NewReader for content that is opened twice: once to scan it, once to read it until Close.
func Open(open func() (io.ReadCloser, error), o Options) (*Reader, error) {
	mark, err := o.check()
	if err != nil {
		return nil, err
	}
	content, err := open()
	if err != nil {
		return nil, fmt.Errorf("reading CSV: open the content: %w", err)
	}
	p, err := scan(content, o)
	if err := errors.Join(err, content.Close()); err != nil {
		return nil, scanError(err)
	}
	r := &Reader{profile: p, columns: map[string]int{}, mark: mark, cells: make([]string, len(p.header))}
	for i, name := range p.header {
		r.columns[name] = i
		if name != "" {
			r.named = i + 1
		}
	}
	if content, err = open(); err != nil {
		return nil, fmt.Errorf("reading CSV: open the content again: %w", err)
	}
	r.close = content.Close
	if err := r.begin(content); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func (o Options) check() (mark byte, err error) {
	switch {
	case o.Delimiter == '"' || o.Delimiter == '\n' || o.Delimiter == '\r' || o.Delimiter >= 0x80:
		return 0, fmt.Errorf("reading CSV: %q cannot be a delimiter", o.Delimiter)
	case o.DecimalMark == 0:
		return '.', nil
	case o.DecimalMark != '.' && o.DecimalMark != ',':
		return 0, fmt.Errorf("reading CSV: %q cannot be a decimal mark", o.DecimalMark)
	}
	return o.DecimalMark, nil
}

// begin stands the reader behind the header.
func (r *Reader) begin(content io.Reader) error {
	text, _, err := openText(content)
	if err != nil {
		return scanError(err)
	}
	r.tok = r.tokenizer(text)
	if _, err := r.firstRow(r.tok); err != nil && err != io.EOF {
		return scanError(err)
	}
	r.tok.columns = len(r.header)
	return nil
}

func scanError(err error) error {
	if refusal := new(Error); errors.As(err, &refusal) {
		return refusal
	}
	return fmt.Errorf("reading CSV: %w", err)
}

// Encoding is the encoding of the whole file: UTF8, UTF16LE, UTF16BE or Windows1252.
func (r *Reader) Encoding() string { return r.encoding }

// Delimiter is what separates the cells.
func (r *Reader) Delimiter() byte { return r.delimiter }

// Header gives the columns' names: trimmed, in lower case, "" for a column without a name. It is nil for an empty file.
func (r *Reader) Header() []string { return r.header }

// Column finds a column by its name in lower case.
func (r *Reader) Column(name string) (column int, ok bool) {
	column, ok = r.columns[name]
	return column, ok && name != ""
}

// Records is the number of records that Read will give, those with a fault included.
func (r *Reader) Records() int { return r.records }

// Close ends the reading of content that Open opened.
func (r *Reader) Close() error { return r.close() }

// All gives the remaining records. An error is the last thing it gives.
func (r *Reader) All() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for {
			record, err := r.Read()
			if err == io.EOF || !yield(record, err) || err != nil {
				return
			}
		}
	}
}
