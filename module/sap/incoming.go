package sap

import (
	"context"
	"fmt"
	"io"

	"github.com/hanse-commerce/hanse/format/idoc"
	"github.com/hanse-commerce/hanse/module"
)

// inbound are the IDoc types that are read, with the mapping of each and the resource that its rows are about.
var inbound = []struct{ kind, mapping, resource string }{
	{"DEBMAS07", "debmas07", "customers"},
	{"MATMAS05", "matmas05", "products"},
	{"COND_A04", "cond_a04", "prices"},
	{"LOISTD01", "loistd01", "inventoryLevels"},
	{"ALEAUD01", "aleaud01", "orders"},
}

// Incoming implements module.DocumentReader.
func (m *Module) Incoming() []module.Incoming {
	all := make([]module.Incoming, 0, len(inbound))
	for _, in := range inbound {
		all = append(all, module.Incoming{Kind: in.kind, Root: in.kind, Resource: in.resource,
			Open: func(_ context.Context, c module.Content, s module.Settings) (module.Documents, error) {
				return m.open(in.mapping, c, s)
			}})
	}
	return all
}

// documents are the IDocs of one file.
type documents struct {
	file     io.ReadCloser
	reader   *idoc.Reader
	mapping  *mapping
	settings *settings
}

// open reads the file once as a whole, so that nothing of a broken one is used, and begins again.
func (m *Module) open(name string, c module.Content, s module.Settings) (*documents, error) {
	set, err := parseSettings(s)
	if err != nil {
		return nil, err
	}
	mapping, err := m.mappings.get(name)
	if err != nil {
		return nil, err
	}
	if err := verify(c); err != nil {
		return nil, err
	}
	file, err := c.Open()
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", c.Name(), err)
	}
	reader, err := idoc.NewReader(file)
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return &documents{file, reader, mapping, set}, nil
}

func verify(c module.Content) error {
	file, err := c.Open()
	if err != nil {
		return fmt.Errorf("opening %s: %w", c.Name(), err)
	}
	defer func() { _ = file.Close() }()
	_, err = idoc.Verify(file)
	return err
}

// Close lets go of the file; Next does so behind the last row.
func (d *documents) Close() error { return d.file.Close() }

// Next implements module.Documents.
func (d *documents) Next(ctx context.Context) (*module.Document, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	i, err := d.reader.Next()
	if err != nil {
		_ = d.file.Close() // it was only read
		return nil, err
	}
	return d.document(i)
}

// document is what one IDoc means. What is wrong with it is a notice of its row; an error is a fault of this module.
func (d *documents) document(i *idoc.IDoc) (*module.Document, error) {
	raw, err := i.XML()
	if err != nil {
		return nil, err
	}
	doc := &module.Document{Line: i.Line, Message: d.settings.message(&i.Control), Raw: raw}
	if fault := d.settings.stranger(&i.Control); fault != nil {
		doc.Key, doc.Notices = i.Control.DOCNUM, []module.Notice{*fault}
		return doc, nil
	}
	if i.Control.TEST != "" {
		doc.Key, doc.Skipped = i.Control.DOCNUM, "The IDoc is a test (TEST "+i.Control.TEST+") and is not imported."
		return doc, nil
	}
	tree, kept := functions(i)
	if !kept {
		doc.Key, doc.Skipped = i.Control.DOCNUM, "MSGFN 023: do not import."
		return doc, nil
	}
	tree["settings"] = d.settings.tree
	result, err := d.mapping.run(tree)
	if err == nil {
		err = result.into(doc)
	}
	if err != nil {
		doc.Records, doc.Acknowledgements = nil, nil
		doc.Notices = append(doc.Notices, module.Notice{Class: "parse", Code: "mapping_failed",
			Detail: fmt.Sprintf("The mapping %s cannot make anything of the IDoc: %s.", d.mapping.name, err)})
	}
	if doc.Key == "" {
		doc.Key = i.Control.DOCNUM
	}
	return doc, nil
}
