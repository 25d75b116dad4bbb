package csv

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"
)

// Encodings that are read.
const (
	UTF8        = "utf-8"
	UTF16LE     = "utf-16le"
	UTF16BE     = "utf-16be"
	Windows1252 = "windows-1252"
)

// openText passes the byte order mark and gives the bytes behind it, those of UTF-16 as UTF-8. Without a mark the
// encoding is "", to be found out.
func openText(r io.Reader) (io.Reader, string, error) {
	b := bufio.NewReader(r)
	head, err := b.Peek(3)
	if err != nil && err != io.EOF {
		return nil, "", err
	}
	encoding, mark := "", 0
	switch {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		encoding, mark = UTF8, 3
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		encoding, mark = UTF16LE, 2
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		encoding, mark = UTF16BE, 2
	}
	if _, err := b.Discard(mark); err != nil {
		return nil, "", err
	}
	if encoding == UTF16LE || encoding == UTF16BE {
		return newUTF16Reader(b, encoding == UTF16BE), encoding, nil
	}
	return b, encoding, nil
}

// census looks at every byte of a file to learn in which encoding the whole of it is.
type census struct {
	declared string // the encoding that a byte order mark told, or ""
	rest     []byte // the beginning of a character at the end of the last block
	badUTF8  int    // line of the first byte that is not UTF-8; 0 means none
	bad1252  int    // line of the first byte that Windows-1252 leaves empty; 0 means none
	badByte  byte
}

// count inspects one block, which begins in the given line.
func (c *census) count(block []byte, line int) error {
	if i := bytes.IndexByte(block, 0); i >= 0 {
		return &Error{CodeEncodingUnknown, lineOf(block, i, line), "a NUL byte; this is no text, or it is UTF-16 " +
			"without a byte order mark; send UTF-8"}
	}
	if c.declared == UTF16LE || c.declared == UTF16BE || len(c.rest) == 0 && ascii(block) {
		return nil
	}
	c.countUTF8(block, line)
	c.count1252(block, line)
	return nil
}

func (c *census) countUTF8(block []byte, line int) {
	if c.badUTF8 != 0 {
		return
	}
	body := block
	if len(c.rest) > 0 {
		// Finish the character that the last block began: at most three bytes are missing.
		n := min(utf8.UTFMax-len(c.rest), len(block))
		joined := append(bytes.Clone(c.rest), block[:n]...)
		if !utf8.FullRune(joined) {
			c.rest = joined
			return
		}
		r, size := utf8.DecodeRune(joined)
		if r == utf8.RuneError && size == 1 {
			c.badUTF8, c.rest = line, nil
			return
		}
		body, c.rest = block[size-len(c.rest):], nil
	}
	for n := 1; n < utf8.UTFMax && n <= len(body); n++ {
		if tail := body[len(body)-n:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				body, c.rest = body[:len(body)-n], bytes.Clone(tail)
			}
			break
		}
	}
	if !utf8.Valid(body) {
		c.badUTF8 = lineOf(block, len(block)-len(c.rest)-len(body)+firstInvalid(body), line)
	}
}

func (c *census) count1252(block []byte, line int) {
	if c.bad1252 != 0 {
		return
	}
	for i, b := range block {
		if b >= 0x80 && undefined1252[b-0x80] {
			c.bad1252, c.badByte = lineOf(block, i, line), b
			return
		}
	}
}

// encoding gives the verdict on the whole file.
func (c *census) encoding(lastLine int) (string, error) {
	if len(c.rest) > 0 && c.badUTF8 == 0 {
		c.badUTF8 = lastLine
	}
	switch {
	case c.declared == UTF8 && c.badUTF8 != 0:
		return "", &Error{CodeEncodingUnknown, c.badUTF8,
			"the byte order mark says UTF-8, but these bytes are not UTF-8; send the file in one encoding"}
	case c.declared != "":
		return c.declared, nil
	case c.badUTF8 == 0:
		return UTF8, nil
	case c.bad1252 != 0:
		return "", &Error{CodeEncodingUnknown, c.badUTF8, fmt.Sprintf("the bytes are not UTF-8, and byte %#x at line %d "+
			"is not Windows-1252; send the file in one encoding, UTF-8 at best", c.badByte, c.bad1252)}
	}
	return Windows1252, nil
}

// undefined1252 marks the bytes from 0x80 on that Windows-1252 gives no character.
var undefined1252 = [128]bool{0x01: true, 0x0d: true, 0x0f: true, 0x10: true, 0x1d: true}

func ascii(b []byte) bool {
	for len(b) >= 8 {
		if (b[0]|b[1]|b[2]|b[3]|b[4]|b[5]|b[6]|b[7])&0x80 != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

func firstInvalid(b []byte) int {
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(b)
}

func lineOf(block []byte, i, line int) int {
	return line + bytes.Count(block[:i], []byte{'\n'})
}
