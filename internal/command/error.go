package command

import (
	"errors"
	"fmt"
	"slices"

	"github.com/hanse-commerce/hanse/resource"
)

// Codes of what every command can refuse. They are stable and never reused.
const (
	CodeNotFound     = "not_found"               // the caller sees no such target
	CodeForbidden    = "forbidden"               // the caller's side or roles do not have the command
	CodeUnknownField = "unknown_field"           // the command takes no such input
	CodeInvalidValue = "invalid_value"           // an input is not of its kind
	CodeRequired     = "required"                // an input is missing
	CodeKeyReused    = "idempotency_key_reused"  // the key was used for another request
	CodeKeyInFlight  = "in_flight"               // a request with the key is still running
	CodeKeyInvalid   = "invalid_idempotency_key" // the key is too long
	CodeBusy         = "busy"                    // others kept changing the same records
)

// Error is what a command refuses, in words for its caller. It has at least one violation.
type Error struct{ violations []resource.Violation }

// Refuse makes an Error of one violation. Field names the input or attribute at fault, "" the whole request; a fault of a
// list's item names it by position from 0, "lines/3/sku".
func Refuse(code, field, format string, a ...any) *Error {
	return &Error{[]resource.Violation{{Field: field, Code: code, Detail: fmt.Sprintf(format, a...)}}}
}

// mostViolations bounds an answer about a list of thousands of lines that are all wrong alike.
const mostViolations = 200

// RefuseAll makes an Error of all that is wrong, nil if nothing is.
func RefuseAll(violations []resource.Violation) error {
	if len(violations) == 0 {
		return nil
	}
	if more := len(violations) - mostViolations; more > 0 {
		violations = append(slices.Clone(violations[:mostViolations]), resource.Violation{Code: violations[0].Code,
			Detail: fmt.Sprintf("%d more are wrong.", more)})
	}
	return &Error{violations}
}

// Violations are all that is wrong, at least one.
func (e *Error) Violations() []resource.Violation { return e.violations }

// Code, Field and the text of the error are those of the first violation.
func (e *Error) Code() string { return e.violations[0].Code }

// Field is the input or attribute at fault, "" if there is none.
func (e *Error) Field() string { return e.violations[0].Field }

func (e *Error) Error() string {
	if more := len(e.violations) - 1; more > 0 {
		return fmt.Sprintf("%s (and %d more)", e.violations[0].Detail, more)
	}
	return e.violations[0].Detail
}

// refusal gives what a command refused without the wrapping that it got on its way, so that its words reach the caller.
func refusal(err error) error {
	var refused *Error
	if errors.As(err, &refused) {
		return refused
	}
	return err
}
