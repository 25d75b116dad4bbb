package intake

import (
	"encoding/json"

	"github.com/hanse-commerce/hanse/resource"
)

// overlay lays one language's text over a localized value that is being put together from several columns; no text
// removes the language.
func overlay(have resource.Value, language, text string) resource.Value {
	texts := map[string]*string{}
	if have.State == resource.Set {
		_ = json.Unmarshal([]byte(have.Text), &texts) // our own JSON
	}
	texts[language] = nil
	if text != "" {
		one := map[string]*string{}
		_ = json.Unmarshal([]byte(text), &one)
		texts[language] = one[language]
	}
	b, _ := json.Marshal(texts) // a map of strings always marshals
	return resource.Of(string(b))
}
