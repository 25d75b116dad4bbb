package module_test

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/hanse-commerce/hanse/format/xml"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// stockList reads the nightly list of a warehouse system: <stockList><item sku="A-1" quantity="5"/></stockList>.
type stockList struct{}

func (stockList) Info() module.Info {
	return module.Info{Name: "stocklist", Title: "Stock list", Doc: "Takes stock from a warehouse system's nightly list.",
		Settings: resource.Fields{
			resource.Text("warehouse").Max(64).Required().Doc("Code of the warehouse that the list is about."),
			resource.Text("unit").Max(8).Default("C62").Doc("Unit that is counted in."),
		}}
}

func (stockList) Incoming() []module.Incoming {
	return []module.Incoming{{Kind: "stockList", Root: "stockList", Resource: "inventoryLevels", Open: open}}
}

// open reads the whole file once, so that nothing of a broken one is used, and begins again.
func open(_ context.Context, c module.Content, s module.Settings) (module.Documents, error) {
	whole, err := c.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = whole.Close() }()
	if err := xml.Verify(whole, xml.Options{}); err != nil {
		return nil, err
	}
	again, err := c.Open()
	if err != nil {
		return nil, err
	}
	return &items{file: again, reader: xml.NewReader(again, xml.Options{}), settings: s}, nil
}

// items are the rows of one file. Hanse closes them after the last.
type items struct {
	file     io.Closer
	reader   *xml.Reader
	settings module.Settings
}

func (i *items) Close() error { return i.file.Close() }

func (i *items) Next(context.Context) (*module.Document, error) {
	for {
		token, err := i.reader.Next()
		if err != nil {
			return nil, err // io.EOF behind the last
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "item" {
			return i.row(e), nil
		}
	}
}

func (i *items) row(e xml.StartElement) *module.Document {
	value := map[string]string{}
	for _, a := range e.Attr {
		value[a.Name.Local] = a.Value
	}
	d := &module.Document{Line: i.reader.Line(), Key: value["sku"]}
	if value["sku"] == "" {
		d.Notices = append(d.Notices, module.Notice{Field: "sku", Class: "missing", Code: "required", Detail: "The item has no sku."})
		return d
	}
	d.Records = []module.Record{{Resource: "inventoryLevels", Values: map[string]any{"onHand": value["quantity"]},
		References: map[string]module.Reference{
			"product":   {Key: []string{value["sku"]}},
			"warehouse": {Key: []string{i.settings["warehouse"]}, Missing: "create", Values: map[string]any{"name": i.settings["warehouse"]}},
			"unit":      {Key: []string{i.settings["unit"]}},
		}}}
	return d
}

type text string

func (text) Name() string                   { return "stock.xml" }
func (t text) Open() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(string(t))), nil }

// A module for one more system: what it is called, what has to be configured, and which records a document means.
func Example() {
	registry := &module.Registry{} // a module's package calls module.Register in init instead
	if err := registry.Add(stockList{}); err != nil {
		fmt.Println(err)
		return
	}
	m, _ := registry.Get("stocklist")
	settings, err := module.ParseSettings(m.Info().Settings, map[string]any{"warehouse": "HAM"})
	if err != nil {
		fmt.Println(err)
		return
	}
	in := m.(module.DocumentReader).Incoming()[0]
	rows, err := in.Open(context.Background(), text(`<stockList><item sku="A-1" quantity="5"/><item quantity="7"/></stockList>`), settings)
	if err != nil {
		fmt.Println(err)
		return
	}
	for {
		d, err := rows.Next(context.Background())
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, r := range d.Records {
			fmt.Println(r.Resource, r.References["product"].Key, r.References["warehouse"].Key, r.References["unit"].Key, r.Values)
		}
		for _, n := range d.Notices {
			fmt.Println(n.Code, n.Detail)
		}
	}
	// Output:
	// inventoryLevels [A-1] [HAM] [C62] map[onHand:5]
	// required The item has no sku.
	// EOF
}
