package backoffice

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/resource"
)

// Cell is one value as a page shows it.
type Cell struct {
	Kind string // "text", "code", "number", "badge", "link", "date" or "time"; empty where there is no value
	Text string
	URL  string    // of a link
	Tone string    // of a badge
	Time time.Time // of a time
}

// cell makes the cell of a field or to-one relation.
func (w words) cell(r row, name string) Cell {
	if relation, ok := r.t.Relation(name); ok {
		id := r.ones[name]
		if id == "" {
			return Cell{}
		}
		label := r.labels[name]
		if label == "" {
			label = id
		}
		return Cell{Kind: "link", Text: clip(label, 60), URL: recordURL(relation.Target, id)}
	}
	if f, ok := r.t.Field(name); ok {
		return w.fieldCell(f, r.values[name], plain(r.values["currency"], ""))
	}
	if name == "createdAt" || name == "updatedAt" {
		return w.timeCell(plain(r.values[name], ""))
	}
	return Cell{}
}

// fieldCell shows a value by the kind of its field.
func (w words) fieldCell(f *resource.Field, raw json.RawMessage, currency string) Cell {
	text := plain(raw, w.Language().String())
	if text == "" {
		return Cell{}
	}
	switch f.Kind.Name() {
	case "enum":
		if tone(text) == "plain" {
			return Cell{Kind: "text", Text: w.value(text)}
		}
		return Cell{Kind: "badge", Text: w.value(text), Tone: tone(text)}
	case "boolean":
		return Cell{Kind: "text", Text: w.named("value.", map[string]string{"true": "yes", "false": "no"}[text])}
	case "decimal", "integer":
		return w.numberCell(f, text, currency)
	case "time":
		return w.timeCell(text)
	case "date":
		if t, err := time.Parse(time.DateOnly, text); err == nil {
			return Cell{Kind: "date", Time: t}
		}
	case "object", "list", "json":
		return w.structureCell(raw)
	}
	if f.InKey {
		return Cell{Kind: "code", Text: text}
	}
	return Cell{Kind: "text", Text: text}
}

func (w words) numberCell(f *resource.Field, text, currency string) Cell {
	d, err := decimal.NewFromString(text)
	switch {
	case err != nil:
		return Cell{Kind: "text", Text: text}
	case isMoney(f.Name) && currency != "":
		return Cell{Kind: "number", Text: w.UnitPrice(page.Money{Amount: d, Currency: currency})}
	case f.Measure == "byte":
		return Cell{Kind: "number", Text: w.Bytes(d.IntPart())}
	case f.Measure != "":
		return Cell{Kind: "number", Text: w.Quantity(d) + "\u00a0" + f.Measure}
	}
	return Cell{Kind: "number", Text: w.Quantity(d)}
}

// isMoney tells by its name whether a decimal is an amount in the record's currency; the kind is the same as a quantity's.
func isMoney(name string) bool {
	return name == "amount" || name == "price" || name == "creditLimit" || strings.HasSuffix(strings.ToLower(name), "total")
}

// structureCell says what is in an object or a list, briefly: an amount as money, of a list how long it is.
func (w words) structureCell(raw json.RawMessage) Cell {
	var price struct {
		Amount   decimal.Decimal
		Currency string
	}
	if json.Unmarshal(raw, &price) == nil && price.Currency != "" {
		return Cell{Kind: "number", Text: w.UnitPrice(page.Money{Amount: price.Amount, Currency: price.Currency})}
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		return Cell{Kind: "text", Text: w.T("cell.entries", len(list))}
	}
	return Cell{Kind: "code", Text: clip(string(raw), 60)}
}

func (w words) timeCell(text string) Cell {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return Cell{}
	}
	return Cell{Kind: "time", Time: t.In(w.zone)}
}

// tone is the colour of a state. A word that says neither good nor bad is plain.
func tone(value string) string {
	switch value {
	case "enabled", "done", "confirmed", "completed", "accepted", "captured", "shipped", "authorized", "succeeded":
		return "good"
	case "disabled", "cancelled", "expired", "refused", "rejected", "failed":
		return "bad"
	case "partlyDone", "partlyCaptured", "partlyRefunded", "partlyShipped", "requiresAction", "blocked":
		return "warn"
	case "processing", "received", "pending", "open":
		return "info"
	}
	return "plain"
}

func recordURL(typeName, id string) string {
	if typeName == "exchanges" {
		return prefix + page.Path("exchanges", id)
	}
	return prefix + page.Path("records", typeName, id)
}
