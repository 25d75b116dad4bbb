package record

import (
	"encoding/binary"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/hanse-commerce/hanse/resource"
)

// fill takes a row apart; nothing is copied but related records.
func (st *statement) fill(rows pgx.Rows, row *Row, t *resource.Type) error {
	raw, fields := rows.RawValues(), rows.FieldDescriptions()
	row.ID, row.Attributes = raw[0], raw[2]
	if fields[1].Format == pgtype.BinaryFormatCode && len(raw[1]) == 8 {
		row.Revision = int64(binary.BigEndian.Uint64(raw[1])) // #nosec G115 -- a bigint on the wire
	} else if err := rows.Conn().TypeMap().Scan(fields[1].DataTypeOID, fields[1].Format, raw[1], &row.Revision); err != nil {
		return err
	}
	at := 3
	for k, i := range st.ones {
		row.Ones[k] = One{Relation: &t.Relations[i], ID: raw[at]}
		at++
	}
	for k, n := range st.includes {
		cells, err := textArray(rows, at)
		if err != nil {
			return fmt.Errorf("include %s: %w", n.path, err)
		}
		row.Includes[k] = n.records(cells)
		at++
	}
	return nil
}

// cellText is an element of a text array; valid is false for null.
type cellText struct {
	text  string
	valid bool
}

// textArray is the flat content of a column of type text[].
func textArray(rows pgx.Rows, at int) ([]cellText, error) {
	raw, field := rows.RawValues()[at], &rows.FieldDescriptions()[at]
	if raw == nil {
		return nil, nil
	}
	if field.Format == pgtype.BinaryFormatCode {
		return binaryTexts(string(raw))
	}
	var array pgtype.Array[pgtype.Text]
	if err := rows.Conn().TypeMap().Scan(field.DataTypeOID, field.Format, raw, &array); err != nil {
		return nil, err
	}
	cells := make([]cellText, len(array.Elements))
	for i, e := range array.Elements {
		cells[i] = cellText{e.String, e.Valid}
	}
	return cells, nil
}

// binaryTexts reads the binary form of an array of texts (PostgreSQL, array_send): dimensions, a flag, the element's type,
// length and lower bound of each dimension, then each element with its length before it, -1 for null. The texts share the
// memory of the one string.
func binaryTexts(s string) ([]cellText, error) {
	broken := fmt.Errorf("a text array of %d bytes is cut off", len(s))
	next := func() (int, bool) {
		if len(s) < 4 {
			return 0, false
		}
		n := int32(uint32(s[0])<<24 | uint32(s[1])<<16 | uint32(s[2])<<8 | uint32(s[3])) // #nosec G115 -- an int on the wire
		s = s[4:]
		return int(n), true
	}
	dimensions, ok := next()
	if !ok || dimensions < 0 || dimensions > 6 || len(s) < 8+8*dimensions {
		return nil, broken
	}
	s = s[8:]
	count := min(dimensions, 1)
	for range dimensions {
		n, _ := next()
		_, _ = next()
		if n < 0 || n > len(s) {
			return nil, broken
		}
		count *= n
	}
	if count > len(s)/4 {
		return nil, broken
	}
	cells := make([]cellText, count)
	for i := range cells {
		n, ok := next()
		if !ok || n > len(s) {
			return nil, broken
		}
		if n >= 0 {
			cells[i] = cellText{s[:n], true}
			s = s[n:]
		}
	}
	return cells, nil
}

// records takes the related records out of the rows of the array that includeColumn makes.
func (n *include) records(cells []cellText) []Included {
	if len(cells) == 0 {
		return nil
	}
	count := len(cells) / (3 + len(n.ones))
	cell := func(row, i int) cellText { return cells[row*count+i] }
	records := make([]Included, count)
	ones := make([]One, count*len(n.ones))
	for i := range records {
		records[i] = Included{Parent: cell(0, i).text, ID: cell(1, i).text, Attributes: cell(2, i).text}
		records[i].Ones, ones = ones[:len(n.ones):len(n.ones)], ones[len(n.ones):]
		for k, at := range n.ones {
			records[i].Ones[k].Relation = &n.target.Relations[at]
			if id := cell(3+k, i); id.valid {
				records[i].Ones[k].ID = []byte(id.text)
			}
		}
	}
	return records
}
