package csv

import (
	"fmt"
	"strings"
)

// readHeader gives the names of the columns: trimmed, in lower case, "" for a column without a name.
func readHeader(first *row, encoding string) ([]string, error) {
	switch {
	case first.fault == CodeQuoteBroken:
		return nil, &Error{CodeHeaderBroken, first.line, fmt.Sprintf(
			"text behind the closing quote of column %d's name; double the quotes inside names", first.column+1)}
	case first.fault != "" || first.cells > len(first.ends):
		return nil, &Error{CodeHeaderTooLarge, first.line, fmt.Sprintf(
			"the header has %d columns or a name beyond %d bytes; is this a CSV file?", first.cells, MaxField)}
	}
	if encoding == Windows1252 {
		first.decode1252(nil)
	}
	names, seen := make([]string, len(first.ends)), map[string]int{}
	for i := range names {
		name := columnName(string(first.cell(i)))
		if before, twice := seen[name]; twice && name != "" {
			return nil, &Error{CodeHeaderTwice, first.line, fmt.Sprintf(
				"columns %d and %d are both named %q; name each column once", before+1, i+1, name)}
		}
		names[i], seen[name] = name, i
	}
	return names, nil
}

// columnName is the name by which a column is known, however it was written.
func columnName(cell string) string { return strings.ToLower(trimName(cell)) }

func trimName(cell string) string { return strings.TrimSpace(strings.TrimPrefix(cell, "\ufeff")) }

// repeatsHeader tells whether a record is the header again, as it is after files were joined.
func repeatsHeader(header, cells []string) bool {
	for i, name := range header {
		if !strings.EqualFold(trimName(cells[i]), name) {
			return false
		}
	}
	return true
}
