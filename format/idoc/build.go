package idoc

import (
	"encoding/json"
	"fmt"
	"math"
	"sort"
	"strconv"
)

// FromValue builds segments from the output of a mapping: an array of objects
//
//	{"segment": "E1EDK01", "fields": [["CURCY", "EUR"], …], "children": […]}
//
// in the order in which they are to be written. Fields are pairs, or an object where their order does not count (it is
// then alphabetical). A field that is null is left out; "" is written, for an empty field clears the receiver's value.
// Values are text or whole numbers: a fraction must come as text, for it may have been rounded on its way here.
func FromValue(value any) ([]*Segment, error) {
	segments, err := segmentsFrom(value, "segments")
	if err != nil {
		return nil, fmt.Errorf("building an IDoc: %w", err)
	}
	return segments, nil
}

func segmentsFrom(value any, path string) ([]*Segment, error) {
	list, ok := value.([]any)
	if !ok {
		return nil, fmt.Errorf("%s: an array of segments is needed, not %T", path, value)
	}
	segments := make([]*Segment, 0, len(list))
	for i, entry := range list {
		s, err := segmentFrom(entry, fmt.Sprintf("%s[%d]", path, i))
		if err != nil {
			return nil, err
		}
		segments = append(segments, s)
	}
	return segments, nil
}

func segmentFrom(value any, path string) (*Segment, error) {
	object, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s: an object with segment, fields and children is needed, not %T", path, value)
	}
	name, _ := object["segment"].(string)
	if !isName(name) {
		return nil, fmt.Errorf("%s: segment: %q is no name of a segment", path, name)
	}
	s := &Segment{Name: name}
	var err error
	for key, part := range object {
		switch {
		case key == "segment" || part == nil:
		case key == "fields":
			s.Fields, err = fieldsFrom(part, path+"("+name+").fields")
		case key == "children":
			s.Children, err = segmentsFrom(part, path+"("+name+").children")
		default:
			err = fmt.Errorf("%s: unknown key %q; a segment has segment, fields and children", path, key)
		}
		if err != nil {
			return nil, err
		}
	}
	return s, nil
}

func fieldsFrom(value any, path string) ([]Field, error) {
	var fields []Field
	add := func(name string, value any, path string) error {
		text, present, err := fieldText(value)
		switch {
		case err != nil:
			return fmt.Errorf("%s: field %s: %w", path, name, err)
		case !isName(name):
			return fmt.Errorf("%s: %q is no name of a field", path, name)
		case present:
			fields = append(fields, Field{name, text})
		}
		return nil
	}
	switch value := value.(type) {
	case []any:
		for i, entry := range value {
			at := fmt.Sprintf("%s[%d]", path, i)
			pair, ok := entry.([]any)
			if !ok || len(pair) != 2 {
				return nil, fmt.Errorf("%s: a pair [name, value] is needed, not %v", at, entry)
			}
			name, _ := pair[0].(string)
			if err := add(name, pair[1], at); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		names := make([]string, 0, len(value))
		for name := range value {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			if err := add(name, value[name], path); err != nil {
				return nil, err
			}
		}
	default:
		return nil, fmt.Errorf("%s: an array of pairs or an object is needed, not %T", path, value)
	}
	return fields, nil
}

// fieldText gives a value as text; present is false for null.
func fieldText(value any) (text string, present bool, err error) {
	switch value := value.(type) {
	case nil:
		return "", false, nil
	case string:
		return value, true, nil
	case json.Number:
		return value.String(), true, nil
	case int:
		return strconv.Itoa(value), true, nil
	case int64:
		return strconv.FormatInt(value, 10), true, nil
	case uint64:
		return strconv.FormatUint(value, 10), true, nil
	case float64:
		if value == math.Trunc(value) && math.Abs(value) < 1e15 { // float64 holds each of these exactly
			return strconv.FormatFloat(value, 'f', -1, 64), true, nil
		}
		return "", false, fmt.Errorf("the number %v may have been rounded; give it as text", value)
	}
	return "", false, fmt.Errorf("text or a whole number is needed, not %T", value)
}
