package record

import (
	"strings"

	"github.com/hanse-commerce/hanse/internal/access"
)

// searched is the full-text query for what a person typed: the words as they stand, with the operators that search engines
// have ("…", or, -), or else words that begin like that.
func (c *compiler) searched() string {
	if c.search != "" {
		return c.search
	}
	words := c.arg(func(q *Query, _ *access.Caller) (any, error) { return q.Search, nil }) + "::text"
	begun := c.arg(func(q *Query, _ *access.Caller) (any, error) { return beginnings(q.Search), nil }) + "::text"
	c.search = "(websearch_to_tsquery('simple', " + words + ") || (SELECT to_tsquery('simple', coalesce(string_agg(quote_literal(w.lexeme) || ':*', ' & '), ''))" +
		" FROM unnest(to_tsvector('simple', " + begun + ")) w))"
	return c.search
}

// beginnings is the text unless it has operators, which beginnings of words would undo.
func beginnings(search string) string {
	for word := range strings.FieldsSeq(search) {
		if strings.HasPrefix(word, "-") || strings.Contains(word, `"`) || strings.EqualFold(word, "or") {
			return ""
		}
	}
	return search
}
