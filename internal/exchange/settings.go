package exchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// strict decodes one JSON object and refuses what it does not know: a mistyped setting must not be ignored.
func strict(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more than one object")
	}
	return nil
}
