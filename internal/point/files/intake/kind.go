package intake

import (
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

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

// delimited are the extensions of files of separated values; a file without one may be such too.
var delimited = []string{"", ".csv", ".txt", ".tsv", ".tab"}

// Recognize tells what a file is by its name and, for XML, by its root element. A *FileError says why it is none of ours.
func Recognize(schema *resource.Schema, p *Partner, content module.Content, size int64) (*Kind, error) {
	name := strings.ToLower(content.Name())
	if slices.Contains(delimited, path.Ext(name)) {
		if t := typeOf(schema, name); t != nil {
			return csvKind(schema, t, size), nil
		}
	}
	if size == 0 {
		return &Kind{Name: "empty", Empty: true, rank: rank(schema, "")}, nil
	}
	root, isXML, err := sniff(content)
	if err != nil {
		return nil, err
	}
	if !isXML {
		return nil, fileError("unknown_kind", "The name %q does not tell what the file holds, and it is no XML; the name must start with products_, prices_, inventory_, "+
			"customers_, categories_ or another resource's name.", content.Name())
	}
	return document(schema, p, root)
}

func csvKind(schema *resource.Schema, t *resource.Type, size int64) *Kind {
	return &Kind{Name: t.Name + ".csv", Type: t, Empty: size == 0, rank: rank(schema, t.Name)}
}

// document finds the channel that reads documents with a root element.
func document(schema *resource.Schema, p *Partner, root string) (*Kind, error) {
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

// sniffed is how much of a file is looked at for its root element.
const sniffed = 64 << 10

// sniff reads the root element of an XML file.
func sniff(content module.Content) (root string, isXML bool, err error) {
	r, err := content.Open()
	if err != nil {
		return "", false, err
	}
	defer func() { _ = r.Close() }()
	head := make([]byte, sniffed)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return "", false, err
	}
	text := string(head[:n])
	for _, mark := range []string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"} { // of UTF-8 and UTF-16
		text = strings.TrimPrefix(text, mark)
	}
	if !strings.HasPrefix(strings.TrimLeft(text, " \t\r\n\x00"), "<") {
		return "", false, nil
	}
	name, err := xml.Root(strings.NewReader(string(head[:n])), xml.Options{})
	if err != nil {
		return "", true, &FileError{orElse(codeOf(err), xml.CodeMalformed), fmt.Sprintf("The file cannot be read as XML: %s.", err)}
	}
	return name.Local, true, nil
}

func orElse(code, otherwise string) string {
	if code == "" {
		return otherwise
	}
	return code
}

// typeOf finds the resource whose name a file's name starts with; the longest counts.
func typeOf(schema *resource.Schema, file string) *resource.Type {
	var best *resource.Type
	length := 0
	for _, t := range schema.Types() {
		if !t.Admin.Create {
			continue
		}
		for _, n := range fileNames(t) {
			if rest, ok := strings.CutPrefix(file, n); ok && len(n) > length && (rest == "" || strings.ContainsRune("_.-", rune(rest[0]))) {
				best, length = t, len(n)
			}
		}
	}
	return best
}

// fileNames are the words with which names of a resource's files start.
func fileNames(t *resource.Type) []string {
	names := []string{resource.Snake(t.Name)}
	if short, ok := t.Notes[FileName].(string); ok {
		names = append(names, short)
	}
	return names
}

// TypeNamed finds a resource that can be imported by any of its names: "inventoryLevels", "inventory_levels", "inventory".
func TypeNamed(schema *resource.Schema, name string) (*resource.Type, bool) {
	for _, t := range schema.Types() {
		if t.Admin.Create && (t.Name == name || slices.Contains(fileNames(t), strings.ToLower(name))) {
			return t, true
		}
	}
	return nil, false
}

// rank is the place of a resource in the order of definitions, categories before the customers and products that may name
// them, prices and stock after.
func rank(schema *resource.Schema, name string) int {
	if name == "categories" {
		return 0
	}
	for i, t := range schema.Types() {
		if t.Name == name {
			return i + 1
		}
	}
	return len(schema.Types()) + 1
}

// open reads the file as what it is, its envelope verified.
func (k *Kind) open(ctx context.Context, store *record.Store, p *Partner, content module.Content, u *units) (Rows, error) {
	seen := &watched{Content: content}
	if k.Type != nil {
		rows, err := openCSV(store.Schema(), k.Type, seen, p.defaults(), u)
		if err != nil {
			return nil, err
		}
		return rows, nil
	}
	documents, err := k.Incoming.Open(ctx, seen, k.Channel.Settings)
	if err != nil {
		if passing := seen.fault(); passing != nil || ctx.Err() != nil {
			return nil, fmt.Errorf("reading %s: %w", content.Name(), err)
		}
		return nil, &FileError{orElse(codeOf(err), "envelope_broken"), err.Error()}
	}
	return &documentRows{documents: documents, content: seen, schema: store.Schema(), incoming: *k.Incoming, system: p.Code, units: u}, nil
}
