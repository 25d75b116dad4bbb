package intake

import (
	"io"
	"strconv"
	"strings"

	"github.com/hanse-commerce/hanse/format/csv"
)

// ResultHeader is the first line of a result file.
var ResultHeader = []string{"line", "resource", "key", "outcome", "reason"}

// WriteLines writes result lines as CSV, UTF-8 and comma, without the header.
func WriteLines(w io.Writer, lines []Line) error {
	out := csv.NewWriter(w, csv.WriterOptions{})
	for _, l := range lines {
		if err := out.Write(strconv.Itoa(l.Line), l.Resource, l.Key, l.Outcome.String(), l.Reason()); err != nil {
			return err
		}
	}
	return out.Flush()
}

// Reason is what is wrong with the row in one cell; warnings say that they are.
func (l Line) Reason() string {
	parts := make([]string, 0, len(l.Notices))
	for _, n := range l.Notices {
		text := n.Detail
		if n.Warning {
			text = "warning: " + text
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}
