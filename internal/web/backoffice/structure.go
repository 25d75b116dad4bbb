package backoffice

import (
	"bytes"
	"encoding/json"
)

// indent writes JSON for reading.
func indent(raw json.RawMessage) string {
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") != nil {
		return string(raw)
	}
	return b.String()
}

// table reads a list of objects as rows, the columns in the order of their first appearance.
func table(raw json.RawMessage) (t Table) {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return t
	}
	for _, item := range list {
		var values map[string]json.RawMessage
		if json.Unmarshal(item, &values) != nil {
			return Table{}
		}
		if t.Heads == nil {
			t.Heads = names(item)
		}
		cells := make([]string, len(t.Heads))
		for i, h := range t.Heads {
			cells[i] = plain(values[h], "")
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

// names lists the members of a JSON object in their order, which a map would lose.
func names(object json.RawMessage) []string {
	d := json.NewDecoder(bytes.NewReader(object))
	if _, err := d.Token(); err != nil {
		return nil
	}
	var list []string
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return list
		}
		if s, ok := name.(string); ok {
			list = append(list, s)
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return list
		}
	}
	return list
}
