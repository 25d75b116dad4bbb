package xml

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// source gives a document's bytes as UTF-8, one by one, and stops a token that grows beyond the cap. The decoder of
// encoding/xml gathers a token in memory before it hands it out, so the cap must lie beneath it.
type source struct {
	text  io.Reader
	block []byte
	pos   int
	end   int
	left  int // bytes that the present token may still take
	err   error
}

var errTokenTooLarge = errors.New("token too large")

func newSource(r io.Reader) (*source, error) {
	text, err := decode(r)
	return &source{text: text, block: make([]byte, 64<<10), left: MaxToken}, err
}

// ReadByte gives the next byte of the present token.
func (s *source) ReadByte() (byte, error) {
	if s.pos == s.end {
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
	if s.left == 0 {
		return 0, errTokenTooLarge
	}
	s.left--
	b := s.block[s.pos]
	s.pos++
	return b, nil
}

// Read is there for the decoder's sake, which asks for it where an encoding is declared.
func (s *source) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := s.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = b
	return 1, nil
}

func (s *source) fill() error {
	s.pos, s.end = 0, 0
	for s.end == 0 {
		if s.err != nil {
			return s.err
		}
		s.end, s.err = s.text.Read(s.block)
	}
	return nil
}

var declaration = regexp.MustCompile(`^<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']`)

// decode finds out the encoding as appendix F of XML 1.0 says: byte order mark, then the shape of the first
// characters, then the declaration. It is done before the decoder sees a byte, so that all counting is in UTF-8.
func decode(r io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(r, 4<<10)
	head, err := b.Peek(1 << 10)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("reading XML: %w", err)
	}
	utf16 := func(order unicode.Endianness) io.Reader {
		return transform.NewReader(b, unicode.UTF16(order, unicode.UseBOM).NewDecoder())
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, err := b.Discard(3)
		return b, err
	case bytes.HasPrefix(head, []byte("\xfe\xff")), bytes.HasPrefix(head, []byte("\x00<")):
		return utf16(unicode.BigEndian), nil
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("<\x00")):
		return utf16(unicode.LittleEndian), nil
	}
	if match := declaration.FindSubmatch(head); match != nil {
		return declared(b, string(match[1]))
	}
	return b, nil
}

// declared decodes as the declaration says. One that says UTF-16 but could be read byte by byte was left behind by a
// transport that changed the encoding; such a text is UTF-8.
func declared(b io.Reader, name string) (io.Reader, error) {
	var e encoding.Encoding
	switch strings.ToLower(name) {
	case "utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be":
		return b, nil
	case "iso-8859-1", "latin1":
		e = charmap.ISO8859_1
	case "iso-8859-2", "latin2":
		e = charmap.ISO8859_2
	case "iso-8859-15", "latin9":
		e = charmap.ISO8859_15
	case "windows-1250", "cp1250":
		e = charmap.Windows1250
	case "windows-1252", "cp1252":
		e = charmap.Windows1252
	default:
		return nil, &Error{CodeEncoding, 1, 1, fmt.Sprintf("the encoding %q is not read; send UTF-8", name)}
	}
	return transform.NewReader(b, e.NewDecoder()), nil
}
