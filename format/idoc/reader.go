// Package idoc reads and writes SAP's IDocs in their XML form, one at a time.
package idoc

import (
	"bytes"
	"fmt"
	"io"

	"github.com/hanse-commerce/hanse/format/xml"
)

// Caps on what one IDoc may make the reader hold in memory.
const (
	MaxSize  = 16 << 20  // bytes of an IDoc as UTF-8
	MaxNodes = 1_000_000 // segments and fields of an IDoc
)

// Codes of the faults of a file beyond those of format/xml. They are stable and never reused.
const (
	CodeEnvelope       = "idoc_envelope"        // something that is no IDOC, no segment or no field in its place
	CodeControlMissing = "idoc_control_missing" // an IDOC that does not begin with its control record
	CodeTooLarge       = "idoc_too_large"       // an IDOC beyond MaxSize or MaxNodes
)

// An Error refuses a whole file: nothing of it should be processed. Faults of the XML beneath are *xml.Error.
type Error struct {
	Code   string // one of the codes above
	Line   int    // from 1
	Detail string // what is wrong and what to do, for the sender
}

// Error says where the file is wrong, and why.
func (e *Error) Error() string {
	return fmt.Sprintf("reading IDoc XML, line %d: %s: %s", e.Line, e.Code, e.Detail)
}

// An IDoc is one message: its control record and its data records.
type IDoc struct {
	Control  Control
	Segments []*Segment // those below the IDOC element, the control record left out
	Line     int        // where it begins in the file, from 1
}

// First gives the first segment on the top level with the name, or nil.
func (d *IDoc) First(name string) *Segment { return first(d.Segments, name) }

// All gives the segments on the top level with the name, in order.
func (d *IDoc) All(name string) []*Segment { return all(d.Segments, name) }

// Map gives the IDoc as input of a mapping language: the control record as a map below EDI_DC40, the segments as
// Segment.Map gives children.
func (d *IDoc) Map() map[string]any {
	m := map[string]any{controlName: d.Control.segment().Map()}
	addSegments(m, d.Segments)
	return m
}

// Reader gives the IDocs of one file.
type Reader struct {
	xml   *xml.Reader
	root  string
	names map[string]string // names seen, so that each is kept once
	begin int64             // offset of the present IDoc
	nodes int               // of the present IDoc
	err   error
}

// NewReader reads the root element of r, which names the IDoc type.
func NewReader(r io.Reader) (*Reader, error) {
	reader := &Reader{xml: xml.NewReader(r, xml.Options{}), names: map[string]string{}}
	for reader.root == "" {
		token, err := reader.xml.Next()
		if err != nil {
			return nil, err
		}
		if start, ok := token.(xml.StartElement); ok {
			if reader.root, err = reader.name(start); err != nil {
				return nil, err
			}
		}
	}
	return reader, nil
}

// Root is the name of the root element, such as MATMAS05.
func (r *Reader) Root() string { return r.root }

// Next gives the next IDoc, and io.EOF behind the last one of a whole file. Any other error is final and refuses the
// whole file, IDocs already read included; call Verify before using any.
func (r *Reader) Next() (*IDoc, error) {
	if r.err != nil {
		return nil, r.err
	}
	d, err := r.next()
	r.err = err
	return d, err
}

func (r *Reader) next() (*IDoc, error) {
	for {
		token, err := r.xml.Next()
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local != "IDOC" {
				return nil, r.fault(CodeEnvelope, "<%s> in <%s>, where only IDOC elements may stand", t.Name.Local, r.root)
			}
			return r.idoc()
		case xml.CharData:
			if err := r.noText(t, r.root); err != nil {
				return nil, err
			}
		}
	}
}

// idoc reads what is in an IDOC element.
func (r *Reader) idoc() (*IDoc, error) {
	d := &IDoc{Line: r.xml.Line()}
	r.begin, r.nodes = r.xml.Offset(), 0
	whole := &Segment{Name: "IDOC", Line: d.Line}
	if err := r.content(whole, true); err != nil {
		return nil, err
	}
	if len(whole.Children) == 0 || whole.Children[0].Name != controlName {
		return nil, &Error{CodeControlMissing, d.Line, "the IDOC does not begin with its control record " + controlName}
	}
	d.Control, d.Segments = readControl(whole.Children[0]), whole.Children[1:]
	return d, nil
}

func (r *Reader) noText(text []byte, element string) error {
	if text = bytes.TrimLeft(text, " \t\r\n"); len(text) == 0 {
		return nil
	}
	return r.fault(CodeEnvelope, "text directly in <%s>, where only elements may stand", element)
}

func (r *Reader) fault(code, format string, args ...any) error {
	return &Error{code, r.xml.Line(), fmt.Sprintf(format, args...)}
}
