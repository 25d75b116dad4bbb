package resource_test

import (
	"testing"

	"github.com/hanse-commerce/hanse/resource"
)

func TestCodes(t *testing.T) {
	for _, c := range []struct {
		field      resource.Field
		cell, want string
	}{
		{resource.Currency("x"), "EUR", "EUR"}, {resource.Currency("x"), " usd ", "USD"}, {resource.Currency("x"), "EURO", ""},
		{resource.Currency("x"), "", ""}, {resource.Country("x"), "de", "DE"}, {resource.Country("x"), "D", ""},
		{resource.Tongue("x"), "de", "de"}, {resource.Tongue("x"), "pt-BR", "pt-BR"}, {resource.Tongue("x"), "German", ""},
	} {
		got, err := c.field.Kind.ParseText(c.cell)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s %q: got %q, %v, want %q", c.field.Kind.Name(), c.cell, got, err, c.want)
		}
	}
	if _, err := resource.Currency("x").Kind.Parse(1); err == nil {
		t.Error("a number was taken for a currency")
	}
}

func TestObject(t *testing.T) {
	kind := resource.Object("price", resource.Fields{resource.Decimal("amount", 18, 2).Required(), resource.Currency("currency").Default("EUR")}).Kind
	if got, err := kind.ParseText(`{"amount":"12.50"}`); err != nil || got != `{"amount":"12.5","currency":"EUR"}` {
		t.Errorf("got %s, %v", got, err)
	}
	for _, wrong := range []string{`{}`, `[]`, `{"amount":"x"}`, `{"amount":"1","tip":"2"}`, `{`} {
		if got, err := kind.ParseText(wrong); err == nil {
			t.Errorf("%s was read as %s", wrong, got)
		}
	}
	if kind.Schema(resource.Language{})["type"] != "object" {
		t.Error("the JSON Schema is not one of an object")
	}
}
