package idoc

import "io"

// Summary is what is known of a file that can be read as a whole.
type Summary struct {
	Root     string         // name of the root element, such as MATMAS05
	IDocs    int            // may be 0: a root element alone is a file without news
	Segments int            // control records not counted
	Messages map[string]int // number of IDocs by message type (MESTYP)
}

// Verify reads a whole file and uses nothing of it. Its error refuses the file: a document that is cut off, not
// well-formed or with a DTD, and an IDOC without a control record, are told before anything was processed. It accepts
// exactly what Reader reads, and holds one IDoc in memory.
func Verify(r io.Reader) (Summary, error) {
	reader, err := NewReader(r)
	if err != nil {
		return Summary{}, err
	}
	s := Summary{Root: reader.Root(), Messages: map[string]int{}}
	for {
		d, err := reader.Next()
		if err == io.EOF {
			return s, nil
		}
		if err != nil {
			return Summary{}, err
		}
		s.IDocs++
		s.Messages[d.Control.MESTYP]++
		s.Segments += count(d.Segments)
	}
}

func count(segments []*Segment) int {
	n := len(segments)
	for _, s := range segments {
		n += count(s.Children)
	}
	return n
}
