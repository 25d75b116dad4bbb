package intake

import (
	"errors"
	"fmt"

	"github.com/hanse-commerce/hanse/format/idoc"
	"github.com/hanse-commerce/hanse/format/xml"
)

// FileError refuses a file as a whole. Its code is stable.
type FileError struct{ code, detail string }

func (e *FileError) Error() string { return e.detail }

// Code is the stable code of the reason.
func (e *FileError) Code() string { return e.code }

func fileError(code, format string, a ...any) *FileError {
	return &FileError{code, fmt.Sprintf(format, a...)}
}

// codeOf is the stable code that an error carries, "" if it has none.
func codeOf(err error) string {
	var coded interface{ Code() string }
	var x *xml.Error
	var d *idoc.Error
	switch {
	case errors.As(err, &coded):
		return coded.Code()
	case errors.As(err, &x):
		return x.Code
	case errors.As(err, &d):
		return d.Code
	}
	return ""
}
