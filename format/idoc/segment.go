package idoc

// Field is one value of a segment, as text: SAP's leading zeros count.
type Field struct{ Name, Value string }

// Segment is one data record of an IDoc with the segments below it.
type Segment struct {
	Name     string
	Fields   []Field    // in the order in which they were sent
	Children []*Segment // in the order in which they were sent
	Line     int        // where it begins in the file, from 1; 0 where it was built here
}

// Get gives a field's value. The second result tells an absent field, which leaves the receiver's value alone, from an
// empty one, which clears it.
func (s *Segment) Get(name string) (value string, present bool) {
	for i := range s.Fields {
		if s.Fields[i].Name == name {
			return s.Fields[i].Value, true
		}
	}
	return "", false
}

// Text gives a field's value, "" also where it is absent.
func (s *Segment) Text(name string) string {
	value, _ := s.Get(name)
	return value
}

// First gives the first child with the name, or nil.
func (s *Segment) First(name string) *Segment { return first(s.Children, name) }

// All gives the children with the name, in order.
func (s *Segment) All(name string) []*Segment { return all(s.Children, name) }

// Map gives the segment as input of a mapping language: fields as strings by their names, and below each name of a
// child segment an array of maps. The order between segments of different names is lost.
func (s *Segment) Map() map[string]any {
	m := make(map[string]any, len(s.Fields)+len(s.Children))
	for i := len(s.Fields) - 1; i >= 0; i-- { // of a field sent twice the first counts, as in Get
		m[s.Fields[i].Name] = s.Fields[i].Value
	}
	addSegments(m, s.Children)
	return m
}

func addSegments(m map[string]any, segments []*Segment) {
	for _, s := range segments {
		list, _ := m[s.Name].([]any)
		m[s.Name] = append(list, s.Map())
	}
}

func first(segments []*Segment, name string) *Segment {
	for _, s := range segments {
		if s.Name == name {
			return s
		}
	}
	return nil
}

func all(segments []*Segment, name string) []*Segment {
	var found []*Segment
	for _, s := range segments {
		if s.Name == name {
			found = append(found, s)
		}
	}
	return found
}
