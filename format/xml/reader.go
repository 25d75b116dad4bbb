// Package xml reads XML from partners who are not trusted: streaming, without DTD and entities, under caps.
package xml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Caps on what one document may make the reader hold in memory.
const (
	MaxDepth      = 100     // elements within elements
	MaxToken      = 1 << 20 // bytes of one text, tag or comment
	MaxAttributes = 256     // attributes of one element
)

// The tokens are those of encoding/xml.
type (
	Token        = xml.Token
	Name         = xml.Name
	Attr         = xml.Attr
	StartElement = xml.StartElement
	EndElement   = xml.EndElement
	CharData     = xml.CharData
)

// Options are exceptions that a format needs; the zero value makes none.
type Options struct {
	// SkipDoctype passes over a document type declaration that names an outside file, as every cXML document has one.
	// The file is not fetched. Declarations within the document are refused nevertheless.
	SkipDoctype bool
}

// Reader gives the tokens of one document. Nothing outside the document is ever fetched.
type Reader struct {
	decoder *xml.Decoder
	source  *source
	options Options
	depth   int
	rooted  bool // the root element has begun
	err     error
}

// NewReader reads from r. Faults are told by Next.
func NewReader(r io.Reader, o Options) *Reader {
	s, err := newSource(r)
	d := xml.NewDecoder(s)
	d.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil } // the source did it
	return &Reader{decoder: d, source: s, options: o, err: err}
}

// Next gives the next StartElement, EndElement or CharData, and io.EOF behind a whole, well-formed document. Comments
// and processing instructions are passed over. Any other error is final; an *Error is the document's fault. The bytes
// of CharData hold until the next call.
func (r *Reader) Next() (Token, error) {
	for r.err == nil {
		r.source.left = MaxToken
		begin := r.decoder.InputOffset()
		token, err := r.decoder.Token()
		if err != nil {
			r.err = r.tokenError(err)
			break
		}
		keep := false
		if keep, r.err = r.admit(token, begin); keep && r.err == nil {
			return token, nil
		}
	}
	return nil, r.err
}

// admit checks what encoding/xml lets pass, and tells whether the token is for the caller.
func (r *Reader) admit(token Token, begin int64) (keep bool, err error) {
	switch t := token.(type) {
	case StartElement:
		return true, r.open(t)
	case EndElement:
		r.depth--
		return true, nil
	case CharData:
		if r.depth > 0 {
			return true, nil
		}
		if text := bytes.TrimLeft(t, " \t\r\n"); len(text) > 0 {
			return false, r.fault(CodeMalformed, "text outside the root element")
		}
	case xml.Directive:
		return false, r.directive(t)
	case xml.ProcInst:
		if begin > 0 && strings.EqualFold(t.Target, "xml") {
			return false, r.fault(CodeMalformed, "the XML declaration may stand only at the very beginning")
		}
	}
	return false, nil
}

func (r *Reader) open(t StartElement) error {
	if r.depth == 0 && r.rooted {
		return r.fault(CodeMalformed, "a second root element <%s>", t.Name.Local)
	}
	r.rooted = true
	if r.depth++; r.depth > MaxDepth {
		return r.fault(CodeTooDeep, "elements lie more than %d deep in each other", MaxDepth)
	}
	if len(t.Attr) > MaxAttributes {
		return r.fault(CodeAttributes, "<%s> has more than %d attributes", t.Name.Local, MaxAttributes)
	}
	for i, a := range t.Attr {
		for _, b := range t.Attr[:i] {
			if a.Name == b.Name {
				return r.fault(CodeMalformed, "<%s> has the attribute %s twice", t.Name.Local, a.Name.Local)
			}
		}
	}
	return nil
}

// directive refuses whatever could declare an entity.
func (r *Reader) directive(d xml.Directive) error {
	outside := bytes.HasPrefix(d, []byte("DOCTYPE")) && !bytes.ContainsRune(d, '[')
	if r.options.SkipDoctype && outside && !r.rooted {
		return nil
	}
	return r.fault(CodeDTD, "a document type declaration, which is not allowed; send the document without it")
}

func (r *Reader) tokenError(err error) error {
	if err == io.EOF {
		if r.rooted {
			return io.EOF
		}
		return r.fault(CodeMalformed, "the document has no element")
	}
	if errors.Is(err, errTokenTooLarge) {
		return r.fault(CodeTokenTooLarge, "a text, tag or comment is larger than %d bytes", MaxToken)
	}
	if syntax := new(xml.SyntaxError); errors.As(err, &syntax) {
		if syntax.Msg == "unexpected EOF" {
			return r.fault(CodeMalformed, "the document is cut off; send it again in full")
		}
		return r.fault(CodeMalformed, "%s", syntax.Msg)
	}
	if r.source.err != nil && r.source.err != io.EOF {
		return fmt.Errorf("reading XML: %w", err)
	}
	return r.fault(CodeMalformed, "%s", strings.TrimPrefix(err.Error(), "xml: "))
}

func (r *Reader) fault(code, format string, args ...any) error {
	line, column := r.decoder.InputPos()
	column = max(column, 1) // the decoder steps back over a line end without knowing the length of the line before
	return &Error{code, line, column, fmt.Sprintf(format, args...)}
}

// Line is the line, from 1, on which the last token ends.
func (r *Reader) Line() int {
	line, _ := r.decoder.InputPos()
	return line
}

// Offset is the number of bytes, as UTF-8, up to the end of the last token.
func (r *Reader) Offset() int64 { return r.decoder.InputOffset() }

// Depth is the number of elements that are open.
func (r *Reader) Depth() int { return r.depth }
