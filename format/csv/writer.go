package csv

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// WriterOptions choose how a file is written.
type WriterOptions struct {
	// FormulaSafe puts an apostrophe before cells that a spreadsheet would run as a formula (they begin with = + - @,
	// tab or CR and are no number). It changes the data, so it is for files that people open, not for programs.
	FormulaSafe bool
}

// Writer writes RFC 4180: UTF-8, commas, CRLF. It quotes a cell wherever some reader could take it apart.
type Writer struct {
	w *bufio.Writer
	o WriterOptions
}

// NewWriter writes to w. Flush must be called in the end.
func NewWriter(w io.Writer, o WriterOptions) *Writer {
	return &Writer{w: bufio.NewWriterSize(w, 64<<10), o: o}
}

// Write adds one row. An error of the writer beneath stays, so the last write and Flush tell it too.
func (w *Writer) Write(cells ...string) error {
	for i, cell := range cells {
		if i > 0 {
			w.w.WriteByte(',')
		}
		if w.o.FormulaSafe && isFormula(cell) {
			cell = "'" + cell
		}
		if len(cells) == 1 && cell == "" || needsQuotes(cell) {
			w.w.WriteByte('"')
			w.w.WriteString(strings.ReplaceAll(cell, `"`, `""`))
			w.w.WriteByte('"')
			continue
		}
		w.w.WriteString(cell)
	}
	if _, err := w.w.WriteString("\r\n"); err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	return nil
}

// Flush hands on what is buffered, and tells the first error of all writing.
func (w *Writer) Flush() error {
	if err := w.w.Flush(); err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	return nil
}

// needsQuotes is generous: any delimiter that a reader might guess, blanks that it might trim, a byte order mark.
func needsQuotes(cell string) bool {
	if cell == "" {
		return false
	}
	return strings.ContainsAny(cell, ",;|\"\t\r\n\x1a") || cell[0] == ' ' || cell[len(cell)-1] == ' ' ||
		strings.HasPrefix(cell, "\ufeff")
}

func isFormula(cell string) bool {
	return cell != "" && strings.IndexByte("=+-@\t\r", cell[0]) >= 0 && !isNumber(cell)
}

// isNumber knows digits with at most one mark, behind at most one sign.
func isNumber(cell string) bool {
	digits := strings.TrimLeft(cell, "+-")
	if len(cell)-len(digits) > 1 {
		return false
	}
	whole, fraction, marked := strings.Cut(strings.Replace(digits, ",", ".", 1), ".")
	return whole != "" && digitsOnly(whole, 0) == "" && digitsOnly(fraction, 0) == "" && (!marked || fraction != "")
}
