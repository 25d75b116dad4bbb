package sap

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/hanse-commerce/hanse/format/idoc"
	"github.com/hanse-commerce/hanse/module"
)

// kind is an IDoc type that is read.
type kind struct {
	name string // of the basic type, which is that of the file's root element
	// mappings by message type; one for "" takes all message types.
	mappings map[string]string
	resource string // that its rows are about
}

// inbound are the IDoc types that are read. One basic type may carry several messages: ORDERS05 is an order, or the answer to
// one.
var inbound = []kind{
	{"DEBMAS07", map[string]string{"": "debmas07"}, "customers"},
	{"MATMAS05", map[string]string{"": "matmas05"}, "products"},
	{"COND_A04", map[string]string{"": "cond_a04"}, "prices"},
	{"LOISTD01", map[string]string{"": "loistd01"}, "inventoryLevels"},
	{"ALEAUD01", map[string]string{"": "aleaud01"}, "orders"},
	{"ORDERS05", map[string]string{"ORDERS": "orders_made", "ORDRSP": "ordrsp"}, "orders"},
	{"DELVRY03", map[string]string{"DESADV": "delvry03", "SHPCON": "delvry03"}, "orders"},
	{"INVOIC02", map[string]string{"INVOIC": "invoic02"}, "orders"},
}

// Incoming implements module.DocumentReader.
func (m *Module) Incoming() []module.Incoming {
	all := make([]module.Incoming, 0, len(inbound))
	for _, in := range inbound {
		all = append(all, module.Incoming{Kind: in.name, Root: in.name, Resource: in.resource,
			Open: func(_ context.Context, c module.Content, s module.Settings) (module.Documents, error) {
				return m.open(in, c, s)
			}})
	}
	return all
}

// documents are the IDocs of one file.
type documents struct {
	file     io.ReadCloser
	reader   *idoc.Reader
	mappings map[string]*mapping // by message type
	settings *settings
}

// open reads the file once as a whole, so that nothing of a broken one is used, and begins again.
func (m *Module) open(in kind, c module.Content, s module.Settings) (*documents, error) {
	set, err := parseSettings(s)
	if err != nil {
		return nil, err
	}
	byMessage := make(map[string]*mapping, len(in.mappings))
	for message, name := range in.mappings {
		if byMessage[message], err = m.mappings.get(name); err != nil {
			return nil, err
		}
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
	return &documents{file, reader, byMessage, set}, nil
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
	mapping, fault := d.mapping(i.Control.MESTYP)
	if fault != nil {
		doc.Key, doc.Notices = i.Control.DOCNUM, []module.Notice{*fault}
		return doc, nil
	}
	tree, kept := functions(i)
	if !kept {
		doc.Key, doc.Skipped = i.Control.DOCNUM, "MSGFN 023: do not import."
		return doc, nil
	}
	tree["settings"], tree["document"] = d.settings.tree, about(doc.Message)
	result, err := mapping.run(tree)
	if err == nil {
		err = result.into(doc)
	}
	if err != nil {
		doc.Records, doc.Commands, doc.Acknowledgements = nil, nil, nil
		doc.Notices = append(doc.Notices, module.Notice{Class: "parse", Code: "mapping_failed",
			Detail: fmt.Sprintf("The mapping %s cannot make anything of the IDoc: %s.", mapping.name, err)})
	}
	if doc.Key == "" {
		doc.Key = i.Control.DOCNUM
	}
	return doc, nil
}

// mapping is that of a message type.
func (d *documents) mapping(message string) (*mapping, *module.Notice) {
	for _, name := range []string{message, ""} {
		if found := d.mappings[name]; found != nil {
			return found, nil
		}
	}
	var known []string
	for name := range d.mappings {
		known = append(known, name)
	}
	slices.Sort(known)
	return nil, &module.Notice{Field: "MESTYP", Class: "value", Code: "unknown_message",
		Detail: fmt.Sprintf("MESTYP of the control record is %q; of this IDoc type %s are taken.", message, strings.Join(known, " and "))}
}

// about is what a mapping is told of the control record: the IDoc's number and when SAP made it, in UTC.
func about(m module.Message) map[string]any {
	var at any
	if !m.Time.IsZero() {
		at = m.Time.UTC().Format(time.RFC3339)
	}
	return map[string]any{"number": m.Number, "time": at}
}
