package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/hanse-commerce/hanse/format/idoc"
	"github.com/hanse-commerce/hanse/format/xml"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// Kind is what a file is: a CSV of a resource, or a document that a module of one of the partner's channels reads.
type Kind struct {
	Name     string // as the exchange shows it: "products.csv", "MATMAS05"
	Type     *resource.Type
	Channel  *Channel
	Incoming *module.Incoming
	Empty    bool // zero bytes
	rank     int
}

// Rank is the file's place among those that wait with it, in the order of definitions.
func (k *Kind) Rank() int { return k.rank }

// FileName is the note by which a resource says how its files' names start, where that is not its own name.
const FileName = "files.name"

// Recognize tells what a file is by its name and, for XML, by its root element. A *FileError says why it is none of ours.
func Recognize(schema *resource.Schema, p *Partner, content module.Content, size int64) (*Kind, error) {
	name := strings.ToLower(content.Name())
	switch path.Ext(name) {
	case ".csv", ".txt":
		t := typeOf(schema, name)
		if t == nil {
			return nil, fileError("unknown_kind", "The name %q does not tell what the file holds; it must start with products_, prices_, inventory_, customers_, categories_ or another resource's name.", content.Name())
		}
		return &Kind{Name: t.Name + ".csv", Type: t, Empty: size == 0, rank: rank(schema, t.Name)}, nil
	}
	if size == 0 {
		return &Kind{Name: "empty", Empty: true}, nil
	}
	root, err := sniff(content)
	if err != nil {
		return nil, err
	}
	for i := range p.Channels {
		c := &p.Channels[i]
		reader, ok := c.Module.(module.DocumentReader)
		if c.Fault != nil || !ok {
			continue
		}
		for _, in := range reader.Incoming() {
			if in.Root == root {
				return &Kind{Name: in.Kind, Channel: c, Incoming: &in, rank: rank(schema, in.Resource)}, nil
			}
		}
	}
	for _, c := range p.Channels {
		if c.Fault != nil {
			return nil, fileError("channel_unusable", "A channel of the partner cannot be used: %s.", c.Fault)
		}
	}
	return nil, fileError("unknown_kind", "No channel of the partner reads documents with the root element %q.", root)
}

// sniff reads the root element of an XML file.
func sniff(content module.Content) (string, error) {
	r, err := content.Open()
	if err != nil {
		return "", err
	}
	defer func() { _ = r.Close() }()
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(r, head)
	if err != nil && n == 0 {
		return "", err
	}
	text := string(head[:n])
	for _, mark := range []string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"} { // of UTF-8 and UTF-16
		text = strings.TrimPrefix(text, mark)
	}
	if !strings.HasPrefix(strings.TrimLeft(text, " \t\r\n\x00"), "<") {
		return "", fileError("unknown_kind", "The file %q is neither CSV by its name nor XML by its content.", content.Name())
	}
	root, err := xml.Root(strings.NewReader(string(head[:n])), xml.Options{})
	if err != nil {
		return "", &FileError{codeOf(err, "xml_malformed"), fmt.Sprintf("The file cannot be read as XML: %s.", err)}
	}
	return root.Local, nil
}

// typeOf finds the resource whose name a file's name starts with; the longest counts.
func typeOf(schema *resource.Schema, file string) *resource.Type {
	var best *resource.Type
	length := 0
	for _, t := range schema.Types() {
		if !t.Admin.Create {
			continue
		}
		names := []string{resource.Snake(t.Name)}
		if short, ok := t.Notes[FileName].(string); ok {
			names = append(names, short)
		}
		for _, n := range names {
			if len(n) > length && (strings.HasPrefix(file, n+"_") || strings.HasPrefix(file, n+".")) {
				best, length = t, len(n)
			}
		}
	}
	return best
}

// rank is the place of a resource in the order of definitions, categories before the customers and products that may name
// them, prices and stock after.
func rank(schema *resource.Schema, name string) int {
	for i, t := range schema.Types() {
		if t.Name == name {
			if name == "categories" {
				return 0
			}
			return i + 1
		}
	}
	return len(schema.Types()) + 1
}

// open reads the file as what it is, its envelope verified.
func (k *Kind) open(ctx context.Context, store *record.Store, p *Partner, content module.Content, units Units) (Rows, error) {
	if k.Type != nil {
		return openCSV(store.Schema(), k.Type, content, p.defaults(), units)
	}
	documents, err := k.Incoming.Open(ctx, content, k.Channel.Settings)
	if err != nil {
		return nil, &FileError{codeOf(err, "envelope_broken"), err.Error()}
	}
	return &documentRows{documents: documents, schema: store.Schema(), incoming: *k.Incoming, system: p.Code, units: units}, nil
}

// codeOf is the stable code that an error carries, or the given one.
func codeOf(err error, otherwise string) string {
	var coded interface{ Code() string }
	var x *xml.Error
	var d *idoc.Error
	switch {
	case errors.As(err, &coded):
		return coded.Code()
	case errors.As(err, &x):
		return x.Code
	case errors.As(err, &d):
		return d.Code
	}
	return otherwise
}
