package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/hanse-commerce/hanse/format/csv"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// Defaults are a partner's settings for what his rows leave out.
type Defaults struct {
	PriceList, Currency, Warehouse, Unit string // keys
	Language                             string
	DecimalMark                          byte
}

// csvRows reads a CSV file of one resource by the columns that its definition gives.
type csvRows struct {
	reader   *csv.Reader
	schema   *resource.Schema
	t        *resource.Type
	defaults Defaults
	units    *units
	columns  []column
	extra    *companions
	unitAt   int // position of a product's unit
	paths    *categoryPaths
	missing  []filler // parts of the key that no column gives
	notes    []module.Notice
}

// openCSV scans the file once, so that a file that is cut off is refused before anything of it is used.
func openCSV(schema *resource.Schema, t *resource.Type, content module.Content, d Defaults, u *units) (*csvRows, error) {
	reader, err := csv.Open(content.Open, csv.Options{DecimalMark: d.DecimalMark})
	if err != nil {
		return nil, csvError(err)
	}
	r := &csvRows{reader: reader, schema: schema, t: t, defaults: d, units: u}
	if reader.Encoding() == csv.Windows1252 {
		r.notes = append(r.notes, note("encoding_guessed", "The file is not UTF-8 and was read as Windows-1252; send UTF-8, or check letters such as ä and é."))
	}
	if len(reader.Header()) == 0 {
		return r, nil
	}
	if t.Name == "products" {
		r.extra, r.unitAt = newCompanions(schema, d), t.At("unit")
	}
	if err := r.plan(); err != nil {
		return nil, errors.Join(err, reader.Close())
	}
	return r, nil
}

// csvError makes a fault of the file as a whole a refusal; what may pass stays as it is.
func csvError(err error) error {
	var e *csv.Error
	if errors.As(err, &e) {
		return &FileError{e.Code, e.Error()}
	}
	return err
}

func note(code, format string, a ...any) module.Notice {
	return module.Notice{Warning: true, Class: "value", Code: code, Detail: fmt.Sprintf(format, a...)}
}

// Next reads one row.
func (r *csvRows) Next(context.Context) (*Row, error) {
	rec, err := r.reader.Read()
	if err == io.EOF {
		return nil, io.EOF
	}
	if err != nil {
		return nil, csvError(err)
	}
	row := &Row{Line: rec.Line, Resource: r.t.Name}
	if rec.Err != nil {
		class := "parse"
		if rec.Err.Code == csv.CodeFieldTooLarge || rec.Err.Code == csv.CodeRowTooLarge {
			class = "tooLarge"
		}
		row.fault("", class, rec.Err.Code, sentence(rec.Err.Detail))
		return row, nil
	}
	change := &record.Change{Values: r.t.NewRecord()}
	for i := range r.columns {
		row.bytes += len(rec.Cells[i])
		if c := &r.columns[i]; c.read != nil {
			c.read(row, change, strings.TrimSpace(rec.Cells[i]))
		}
	}
	for _, fill := range r.missing {
		fill(change)
	}
	row.Key, row.identity = KeyOf(r.t, change.Values), identity(r.t, change.Values)
	row.add(r.t, record.Upsert, change, true)
	if r.extra != nil {
		r.extra.apply(r, row, change, rec.Cells)
	}
	return row, nil
}

// sentence makes a fault of a reader begin and end as one.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// Count implements Rows.
func (r *csvRows) Count() int64 { return int64(r.reader.Records()) }

// Notes implements Rows.
func (r *csvRows) Notes() []module.Notice { return r.notes }

// Close implements Rows.
func (r *csvRows) Close() error { return r.reader.Close() }

var delimiterNames = map[byte]string{',': "commas", ';': "semicolons", '\t': "tabs", '|': "bars"}

// Format implements Rows: encoding, separator, and the decimal mark of each column of numbers, with where it comes from.
func (r *csvRows) Format() string {
	parts := []string{r.reader.Encoding(), "columns separated by " + delimiterNames[r.reader.Delimiter()]}
	assumed := map[byte][]string{}
	for i, c := range r.columns {
		if !c.number {
			continue
		}
		mark, proved := r.reader.DecimalMark(i)
		if proved {
			parts = append(parts, fmt.Sprintf("decimal mark %q in %s", mark, c.name))
		} else {
			assumed[mark] = append(assumed[mark], c.name)
		}
	}
	for mark, names := range assumed {
		parts = append(parts, fmt.Sprintf("decimal mark %q by the partner's setting in %s", mark, strings.Join(names, ", ")))
	}
	return strings.Join(parts, "; ")
}
