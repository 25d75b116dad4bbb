package intake

import "github.com/hanse-commerce/hanse/resource"

// overlay lays one language's text, a JSON object of one member, over a localized value that is put together from several
// columns. The reader sees to it that no two columns have the same language.
func overlay(have resource.Value, text string) resource.Value {
	if have.State != resource.Set {
		return resource.Of(text)
	}
	return resource.Of(have.Text[:len(have.Text)-1] + "," + text[1:])
}

// without is the object that removes a language; languages of columns need no escaping.
func without(language string) string { return `{"` + language + `":null}` }
