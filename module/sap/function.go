package sap

import "github.com/hanse-commerce/hanse/format/idoc"

// Message functions: what a segment asks for (SAP data element MSGFN).
const (
	msgDelete      = "003"
	msgChange      = "004" // absent fields stay as they are
	msgReplace     = "005"
	msgOriginal    = "009"
	msgResend      = "018"
	msgDoNotImport = "023"
)

// functions gives the IDoc as a mapping's input. Each segment has the MSGFN of the one above if it has none of its own, and
// segments that say "do not import" are gone; kept is false if that leaves nothing.
func functions(d *idoc.IDoc) (tree map[string]any, kept bool) {
	tree = d.Map()
	if len(d.Segments) == 0 {
		return tree, true
	}
	return tree, inherit(tree, "") > 0
}

// inherit counts the segments that are left below an object.
func inherit(of map[string]any, function string) (left int) {
	for name, value := range of {
		list, ok := value.([]any)
		if !ok {
			continue
		}
		keep := list[:0]
		for _, item := range list {
			s, ok := item.(map[string]any)
			if !ok {
				continue
			}
			own, given := s["MSGFN"].(string)
			if !given && function != "" {
				own, s["MSGFN"] = function, function
			}
			if own == msgDoNotImport {
				continue
			}
			inherit(s, own)
			keep = append(keep, s)
		}
		of[name] = keep
		left += len(keep)
	}
	return left
}

// replaces reports whether a field that a segment lacks is empty at the sender. Without a known function it may as well be
// one that was not sent, and then nothing is cleared.
func replaces(segment map[string]any) bool {
	switch segment["MSGFN"] {
	case msgReplace, msgOriginal, msgResend:
		return true
	}
	return false
}
