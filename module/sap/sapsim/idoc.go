package sapsim

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// SAP reads IDocs with a parser of its own here, not with format/idoc that the shop writes and reads with: a fault of that
// one must not be hidden by making it twice.

// segment is one IDoc segment, and the IDoc itself with all segments below.
type segment struct {
	name   string
	fields []field
	below  []*segment
	loose  bool // text stands between its elements, or the mark SEGMENT="1" (BEGIN="1") is missing
}

type field struct{ name, value string }

// value returns a field's value, or "".
func (s *segment) value(name string) string {
	if s == nil {
		return ""
	}
	for _, f := range s.fields {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

// all returns the segments of a name directly below.
func (s *segment) all(name string) (found []*segment) {
	if s == nil {
		return nil
	}
	for _, b := range s.below {
		if b.name == name {
			found = append(found, b)
		}
	}
	return found
}

// first returns the first segment of a name directly below, or nil.
func (s *segment) first(name string) *segment {
	if found := s.all(name); found != nil {
		return found[0]
	}
	return nil
}

// where returns the first segment of a name directly below whose field has the value, or nil.
func (s *segment) where(name, field, value string) *segment {
	for _, b := range s.all(name) {
		if b.value(field) == value {
			return b
		}
	}
	return nil
}

const maxDepth = 20

// readIDocs calls each for every IDoc of a file, with the name of the root element.
func readIDocs(r io.Reader, each func(root string, idoc *segment) error) error {
	d := xml.NewDecoder(r)
	root, ended := "", false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && root != "" {
			return nil
		} else if err != nil {
			return fmt.Errorf("read IDocs: %w", err)
		}
		switch t := token.(type) {
		case xml.Directive:
			return errors.New("read IDocs: a document type declaration stands in the file; SAP's ports take none")
		case xml.EndElement:
			ended = true
		case xml.StartElement:
			if ended {
				return errors.New("read IDocs: the file has two root elements")
			}
			if root == "" {
				root = t.Name.Local
				continue
			}
			idoc, _, err := readSegment(d, t, 0)
			if err != nil {
				return fmt.Errorf("read IDocs: %w", err)
			}
			if idoc == nil { // an element without a mark and without anything in it
				idoc = &segment{name: t.Name.Local, loose: true}
			}
			if err := each(root, idoc); err != nil {
				return err
			}
		case xml.CharData:
			if strings.TrimSpace(string(t)) != "" {
				return errors.New("read IDocs: text stands outside of all IDocs")
			}
		}
	}
}

// readSegment reads what follows a start tag: a segment, or the text of a field.
func readSegment(d *xml.Decoder, start xml.StartElement, depth int) (s *segment, text string, err error) {
	if depth > maxDepth {
		return nil, "", fmt.Errorf("%s lies deeper than %d elements", start.Name.Local, maxDepth)
	}
	s = &segment{name: start.Name.Local}
	mark := "SEGMENT"
	if s.name == "IDOC" {
		mark = "BEGIN"
	}
	marked := len(start.Attr) == 1 && start.Attr[0].Name.Local == mark && start.Attr[0].Value == "1"
	var content strings.Builder
	for {
		token, err := d.Token()
		if err != nil {
			return nil, "", err
		}
		switch t := token.(type) {
		case xml.StartElement:
			below, value, err := readSegment(d, t, depth+1)
			if err != nil {
				return nil, "", err
			}
			if below != nil {
				s.below = append(s.below, below)
			} else {
				s.fields = append(s.fields, field{t.Name.Local, value})
			}
		case xml.CharData:
			content.Write(t)
		case xml.EndElement:
			if len(start.Attr) == 0 && s.fields == nil && s.below == nil {
				return nil, content.String(), nil
			}
			s.loose = !marked || strings.TrimSpace(content.String()) != ""
			return s, "", nil
		}
	}
}
