package sample

import (
	"encoding/csv"
	"fmt"
	"strconv"

	"github.com/shopspring/decimal"
)

// row is one line of a built-in table; it remembers the first cell that could not be read.
type row struct {
	table string
	line  int
	cells map[string]string
	err   *error
}

// each calls use for every line of a built-in table and returns the first fault.
func each(table string, use func(r row)) error {
	file, err := tables.Open(table)
	if err != nil {
		return fmt.Errorf("open table: %w", err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return fmt.Errorf("read table %s: %w", table, err)
	}
	var fault error
	for i, line := range lines[1:] {
		r := row{table: table, line: i + 2, cells: map[string]string{}, err: &fault}
		for j, cell := range line {
			r.cells[lines[0][j]] = cell
		}
		if use(r); fault != nil {
			return fault
		}
	}
	return nil
}

func (r row) fail(column, why string) {
	if *r.err == nil {
		*r.err = fmt.Errorf("table %s, line %d, column %s: %s", r.table, r.line, column, why)
	}
}

func (r row) text(column string) string {
	s, ok := r.cells[column]
	if !ok {
		r.fail(column, "no such column")
	}
	return s
}

func (r row) number(column string) int {
	n, err := strconv.Atoi(r.text(column))
	if err != nil {
		r.fail(column, err.Error())
	}
	return n
}

func (r row) decimal(column string) decimal.Decimal {
	d, err := decimal.NewFromString(r.text(column))
	if err != nil {
		r.fail(column, err.Error())
	}
	return d
}
