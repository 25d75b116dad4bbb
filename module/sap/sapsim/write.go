package sapsim

import (
	"bytes"
	"encoding/xml"
)

// seg makes a segment of names and values.
func seg(name string, fields ...string) *segment {
	s := &segment{name: name}
	for i := 0; i < len(fields); i += 2 {
		s.put(fields[i], fields[i+1])
	}
	return s
}

// put adds a field unless it is empty.
func (s *segment) put(name, value string) {
	if value != "" {
		s.fields = append(s.fields, field{name, value})
	}
}

// writeIDocs writes a file of IDocs, one a line.
func writeIDocs(b *bytes.Buffer, root string, idocs []*segment) {
	b.WriteString(xml.Header + "<" + root + ">\n")
	for _, d := range idocs {
		d.write(b, "BEGIN")
		b.WriteByte('\n')
	}
	b.WriteString("</" + root + ">\n")
}

func (s *segment) write(b *bytes.Buffer, mark string) {
	b.WriteString("<" + s.name + " " + mark + `="1">`)
	for _, f := range s.fields {
		b.WriteString("<" + f.name + ">")
		_ = xml.EscapeText(b, []byte(f.value)) // a buffer does not fail
		b.WriteString("</" + f.name + ">")
	}
	for _, d := range s.below {
		d.write(b, "SEGMENT")
	}
	b.WriteString("</" + s.name + ">")
}
