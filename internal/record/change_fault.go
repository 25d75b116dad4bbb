package record

import (
	"fmt"

	"github.com/hanse-commerce/hanse/resource"
)

// Codes of the violations that a plan finds by itself. They are stable and never reused.
const (
	CodeRequired      = "required"          // a mandatory field is missing or was cleared
	CodeNotFound      = "not_found"         // a reference names no record
	CodeUnknownRecord = "unknown_record"    // the record to update or delete does not exist
	CodeAlreadyExists = "already_exists"    // the record to create exists, or its key is another's
	CodeStale         = "stale_revision"    // the record was changed since its sender read it
	CodeReadOnly      = "read_only"         // the field is not for this sender to write
	CodeDuplicate     = "duplicate_key"     // the batch speaks of the record twice; the first counts
	CodeExternalTaken = "external_id_taken" // the external id belongs to another record
	CodeReferenced    = "still_referenced"  // the record to delete is needed by others
	CodeForbidden     = "forbidden"         // the caller's permissions do not reach so far
	CodeConflict      = "conflict"          // others kept changing the record at the same time
	CodeInvalid       = "invalid_reference" // a reference or key is not well-formed
	CodeInvalidText   = "invalid_text"      // a value holds bytes that are no text
	CodeGroup         = "group_failed"      // another change of the same group failed
	CodeDependency    = "dependency_failed" // the change that makes a record this one needs failed
)

// fault adds a violation to a change and thereby fails it.
func (r *row) fault(field, code, format string, a ...any) {
	r.failed = true
	r.change.Faults = append(r.change.Faults, resource.Violation{Field: field, Code: code, Detail: fmt.Sprintf(format, a...)})
}

// label names the record for people: "product SKU-1".
func (r *row) label() string {
	name := r.set.t.Singular()
	if key := r.keyText(); key != "" {
		return name + " " + key
	}
	if !r.change.Target.IsZero() {
		return name + " " + r.change.Target.String()
	}
	if r.id != "" && r.exists {
		return name + " " + r.id
	}
	return name
}

// keyText is the natural key as its sender wrote it, shortened; empty if it is not known.
func (r *row) keyText() string {
	text, known := "", false
	for i, name := range r.set.t.KeyOf {
		part := "?"
		pos := r.set.t.At(name)
		if pos < len(r.values) && r.values[pos].State == resource.Set {
			part = r.values[pos].Text
		}
		if at := pos - len(r.set.t.Fields); at >= 0 && at < len(r.refs) {
			part = r.refs[at].text()
		}
		known = known || part != "?" && part != ""
		if i > 0 {
			text += " / "
		}
		text += part
	}
	switch {
	case !known:
		return ""
	case len(text) > 200:
		return text[:200] + "…"
	}
	return text
}
