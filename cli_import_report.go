package hanse

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
)

// importReport is what the import command prints.
type importReport struct {
	File     string        `json:"file"`
	Exchange string        `json:"exchange,omitempty"`
	Status   string        `json:"status"`
	Preview  bool          `json:"preview"`
	Counts   intake.Counts `json:"counts"`
	Reason   string        `json:"reason,omitempty"`  // why the file was refused
	Remarks  []string      `json:"remarks,omitempty"` // about the file as a whole
	Rows     []reportedRow `json:"rows,omitempty"`    // of a preview: each; of an import: those with faults and warnings
	Left     int64         `json:"left,omitempty"`    // rows that are not among them
}

type reportedRow struct {
	Line     int    `json:"line"`
	Resource string `json:"resource,omitempty"`
	Key      string `json:"key"`
	Outcome  string `json:"outcome"`
	Reason   string `json:"reason,omitempty"`
}

// shownRows bounds what is printed row by row.
const shownRows = 1000

// add takes what a chunk of a preview would do.
func (r *importReport) add(d *intake.Done) {
	r.Counts.Add(d.Counts)
	for _, l := range d.Lines {
		if len(r.Rows) == shownRows {
			r.Left++
			continue
		}
		r.Rows = append(r.Rows, reportedRow{l.Line, l.Resource, l.Key, l.Outcome.String(), l.Reason()})
	}
}

// addIssues takes what was wrong with an import out of the ledger.
func (r *importReport) addIssues(ctx context.Context, h *house, p *intake.Partner) error {
	issues, err := h.ledger.Issues(ctx, p.Caller(""), r.Exchange, shownRows)
	if err != nil {
		return err
	}
	for _, i := range issues {
		text := i.Detail
		if i.Count > 1 {
			text += fmt.Sprintf(" (%d times)", i.Count)
		}
		switch {
		case i.Line == 0:
			r.Remarks = append(r.Remarks, text)
		case i.Severity == exchange.Warning:
			r.Rows = append(r.Rows, reportedRow{Line: i.Line, Key: i.Key, Outcome: "warning", Reason: text})
		default:
			r.Rows = append(r.Rows, reportedRow{Line: i.Line, Key: i.Key, Outcome: "failed", Reason: text})
		}
	}
	return nil
}

// print writes the report and gives the exit code that it deserves.
func (r *importReport) print(w io.Writer, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		if err := e.Encode(r); err != nil {
			return err
		}
	} else {
		r.write(w)
	}
	switch r.Status {
	case string(exchange.Refused):
		return &exitError{code: exitFailed}
	case string(exchange.PartlyDone):
		return &exitError{code: exitPartial}
	}
	return nil
}

func (r *importReport) write(w io.Writer) {
	c := r.Counts
	fmt.Fprintf(w, "%s: %s. %d rows: %d created, %d updated, %d unchanged, %d failed.\n", r.File, r.Status, c.Read, c.Created, c.Updated, c.Unchanged, c.Failed)
	if r.Reason != "" {
		fmt.Fprintln(w, r.Reason)
	}
	for _, remark := range r.Remarks {
		fmt.Fprintln(w, remark)
	}
	for _, row := range r.Rows {
		if row.Outcome != "unchanged" || row.Reason != "" {
			fmt.Fprintf(w, "  line %d  %s %s  %s  %s\n", row.Line, row.Resource, row.Key, row.Outcome, row.Reason)
		}
	}
	if r.Left > 0 {
		fmt.Fprintf(w, "  … and %d more rows.\n", r.Left)
	}
}
