package xml

import "io"

// Skip passes over what is left of the element that began last, its end included.
func (r *Reader) Skip() error {
	for outside := r.depth - 1; r.depth > outside; {
		if _, err := r.Next(); err != nil {
			return err
		}
	}
	return nil
}

// Text gives the text of the element that began last and passes its end. An element in it is a fault, and so is a text
// beyond MaxToken, in however many pieces.
func (r *Reader) Text() (string, error) {
	var text []byte
	for {
		token, err := r.Next()
		if err != nil {
			return "", err
		}
		switch t := token.(type) {
		case StartElement:
			r.err = r.fault(CodeUnexpected, "the element <%s> where only text may stand", t.Name.Local)
			return "", r.err
		case CharData:
			if len(text)+len(t) > MaxToken {
				r.err = r.fault(CodeTokenTooLarge, "a text is larger than %d bytes", MaxToken)
				return "", r.err
			}
			text = append(text, t...)
		case EndElement:
			return string(text), nil
		}
	}
}

// Root gives the name of a document's root element, which tells what kind of document it is. It reads no further; that
// the rest is well-formed is not known.
func Root(r io.Reader, o Options) (Name, error) {
	reader := NewReader(r, o)
	for {
		token, err := reader.Next()
		if err != nil {
			return Name{}, err
		}
		if start, ok := token.(StartElement); ok {
			return start.Name, nil
		}
	}
}

// Verify reads a whole document and tells whether it is well-formed and within the caps, so that a caller can refuse it
// before anything of it was used.
func Verify(r io.Reader, o Options) error {
	reader := NewReader(r, o)
	for {
		if _, err := reader.Next(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}
