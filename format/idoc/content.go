package idoc

import (
	"strings"

	"github.com/hanse-commerce/hanse/format/xml"
)

// content reads fields and segments up to the end of the element that began last. On the top level, directly in IDOC,
// there are only segments.
func (r *Reader) content(s *Segment, top bool) error {
	for {
		token, err := r.xml.Next()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.EndElement:
			return nil
		case xml.CharData:
			if err := r.noText(t, s.Name); err != nil {
				return err
			}
		case xml.StartElement:
			if err := r.element(s, t, top); err != nil {
				return err
			}
		}
	}
}

// element reads one element below s. It is a segment if it says so by the attribute SEGMENT, as SAP writes it; where
// middleware dropped the attribute, an element with elements in it is a segment, and one with text is a field.
func (r *Reader) element(s *Segment, start xml.StartElement, segment bool) error {
	name, err := r.name(start)
	if err != nil {
		return err
	}
	if err := r.count(); err != nil {
		return err
	}
	child := &Segment{Name: name, Line: r.xml.Line()}
	for _, a := range start.Attr {
		segment = segment || a.Name.Local == "SEGMENT"
	}
	if !segment {
		value, within, err := r.value()
		if err != nil {
			return err
		}
		if within == nil {
			s.Fields = append(s.Fields, Field{name, value})
			return nil
		}
		if err := r.noText([]byte(value), name); err != nil {
			return err
		}
		if err := r.element(child, *within, false); err != nil {
			return err
		}
	}
	s.Children = append(s.Children, child)
	return r.content(child, false)
}

// value reads the text of a field, up to its end or to the first element in it.
func (r *Reader) value() (value string, within *xml.StartElement, err error) {
	var text strings.Builder
	for {
		token, err := r.xml.Next()
		if err != nil {
			return "", nil, err
		}
		switch t := token.(type) {
		case xml.EndElement:
			return text.String(), nil, nil
		case xml.StartElement:
			return text.String(), &t, nil
		case xml.CharData:
			text.Write(t)
			if r.xml.Offset()-r.begin > MaxSize {
				return "", nil, r.tooLarge()
			}
		}
	}
}

// count keeps the present IDoc within its caps.
func (r *Reader) count() error {
	if r.nodes++; r.nodes > MaxNodes || r.xml.Offset()-r.begin > MaxSize {
		return r.tooLarge()
	}
	return nil
}

func (r *Reader) tooLarge() error {
	return r.fault(CodeTooLarge, "an IDOC is larger than %d MiB or has more than %d fields; send it in several",
		MaxSize>>20, MaxNodes)
}

// name gives the name of an element in the one copy that is kept of it.
func (r *Reader) name(start xml.StartElement) (string, error) {
	if name, known := r.names[start.Name.Local]; known {
		return name, nil
	}
	if !isName(start.Name.Local) {
		return "", r.fault(CodeEnvelope, "<%.40s> is no name of a segment or a field", start.Name.Local)
	}
	if len(r.names) < 10_000 { // no file of a partner has more; one that has must not fill the memory
		r.names[start.Name.Local] = start.Name.Local
	}
	return start.Name.Local, nil
}

// isName knows names of segments and fields: letters, digits and what SAP writes for the slashes of a namespace.
func isName(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || c == '_'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '-' && c != '.') {
			return false
		}
	}
	return name != "" && len(name) <= 60
}
