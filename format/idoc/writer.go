package idoc

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"
)

// Writer writes a file of IDocs, one at a time.
type Writer struct {
	w    *bufio.Writer
	root string
}

// NewWriter begins a file with the given root element, such as ORDERS05.
func NewWriter(w io.Writer, root string) (*Writer, error) {
	if !isName(root) {
		return nil, fmt.Errorf("writing IDoc XML: %q is no name of an IDoc type", root)
	}
	out := &Writer{w: bufio.NewWriter(w), root: root}
	_, err := fmt.Fprintf(out.w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%s>", root)
	return out, wrap(err)
}

// Write adds an IDoc. Nothing of it is written where a name in it is none.
func (w *Writer) Write(d *IDoc) error {
	text, err := d.XML()
	if err != nil {
		return err
	}
	_, err = w.w.Write(text)
	return wrap(err)
}

// Close ends the root element and hands on what is buffered; it does not close what lies beneath.
func (w *Writer) Close() error {
	if _, err := fmt.Fprintf(w.w, "</%s>\n", w.root); err != nil {
		return wrap(err)
	}
	return wrap(w.w.Flush())
}

func wrap(err error) error {
	if err != nil {
		return fmt.Errorf("writing IDoc XML: %w", err)
	}
	return nil
}

// XML gives the IDOC element as UTF-8, always the same bytes for the same content: no white space between elements, no
// comments, empty fields of the control record left out. It is what is kept of an IDoc that was read.
func (d *IDoc) XML() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("<IDOC BEGIN=\"1\">")
	if err := writeSegment(&b, d.Control.segment()); err != nil {
		return nil, err
	}
	for _, s := range d.Segments {
		if err := writeSegment(&b, s); err != nil {
			return nil, err
		}
	}
	b.WriteString("</IDOC>\n")
	return b.Bytes(), nil
}

func writeSegment(b *bytes.Buffer, s *Segment) error {
	if !isName(s.Name) {
		return fmt.Errorf("writing IDoc XML: %q is no name of a segment", s.Name)
	}
	b.WriteString("<" + s.Name + " SEGMENT=\"1\">")
	for _, f := range s.Fields {
		if !isName(f.Name) {
			return fmt.Errorf("writing IDoc XML: segment %s: %q is no name of a field", s.Name, f.Name)
		}
		b.WriteString("<" + f.Name + ">")
		escape(b, f.Value)
		b.WriteString("</" + f.Name + ">")
	}
	for _, child := range s.Children {
		if err := writeSegment(b, child); err != nil {
			return err
		}
	}
	b.WriteString("</" + s.Name + ">")
	return nil
}

// escape writes text so that a reader gets the same text. What XML cannot carry (control characters, broken UTF-8)
// becomes U+FFFD: an order must not fail for a character pasted into its comment.
func escape(b *bytes.Buffer, text string) {
	done := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		var instead string
		switch {
		case r == '&':
			instead = "&amp;"
		case r == '<':
			instead = "&lt;"
		case r == '>':
			instead = "&gt;"
		case r == '\r':
			instead = "&#xD;" // a bare CR would be read as LF
		case r < ' ' && r != '\t' && r != '\n', r == 0xfffe, r == 0xffff, r == utf8.RuneError && size == 1:
			instead = "\ufffd"
		}
		if instead != "" {
			b.WriteString(text[done:i])
			b.WriteString(instead)
			done = i + size
		}
		i += size
	}
	b.WriteString(text[done:])
}
