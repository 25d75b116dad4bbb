package page

import (
	"fmt"
	"html"
	"html/template"
	"time"
)

const spriteName = "icon/icons.svg"

// functions are what templates may call. Each language has its own set of
// templates, bound to its printer, so no request can get another's language.
func (e *Engine) functions(p *Printer) template.FuncMap {
	return template.FuncMap{
		"lang":      p.tag.String,
		"t":         p.lookup,
		"label":     p.label,
		"amount":    p.Amount,
		"unitPrice": p.UnitPrice,
		"quantity":  p.Quantity,
		"number":    p.Number,
		"duration":  p.Duration,
		"bytes":     p.Bytes,
		"date":      func(t time.Time) template.HTML { return timeTag(t, p.Date(t)) },
		"datetime":  func(t time.Time) template.HTML { return timeTag(t, p.DateTime(t)) },
		"clock":     func(t time.Time) template.HTML { return timeTag(t, p.Clock(t)) },
		"asset":     e.assets.URL,
		"icon":      e.assets.icon,
		"path":      Path,
		"here":      func(path string) string { return e.prefix + path },
		"field":     func(f Form, name, label string, pairs ...any) (Field, error) { return f.Field(name, label, pairs...) },
		"dict":      dict,
		"region":    region,
	}
}

// label names a value of an enumeration: the text PREFIX.VALUE, or the value
// itself where the catalog has none, as for values that a module brought.
func (p *Printer) label(prefix, value string) string {
	if s, err := p.lookup(prefix + "." + value); err == nil {
		return s
	}
	return value
}

func timeTag(t time.Time, text string) template.HTML {
	if t.IsZero() {
		return ""
	}
	// #nosec G203 -- both parts are escaped or of fixed form
	return template.HTML(`<time datetime="` + t.UTC().Format(time.RFC3339) + `">` + html.EscapeString(text) + `</time>`)
}

// icon draws a symbol of the sprite. It says nothing to a screen reader: the
// text beside it, or the label of its button, does.
func (a *Assets) icon(name string) (template.HTML, error) {
	if !a.icons[name] {
		return "", fmt.Errorf("there is no icon named %q", name)
	}
	url, err := a.URL(spriteName)
	if err != nil {
		return "", err
	}
	// #nosec G203 -- name is one of the sprite's, url is ours
	return template.HTML(`<svg class="icon" aria-hidden="true" focusable="false"><use href="` + url + `#` + name + `"></use></svg>`), nil
}

func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict has a name without a value")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

// region lets the links and GET forms inside an element exchange only the
// part of the page with that id, where there is JavaScript.
func region(id string) template.HTMLAttr {
	// #nosec G203 -- id is a constant of a template
	return template.HTMLAttr(`data-hx-boost:inherited="true" data-hx-target:inherited="#` + id +
		`" data-hx-select:inherited="#` + id + `" data-hx-swap:inherited="outerMorph"`)
}
