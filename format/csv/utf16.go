package csv

import (
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// utf16Reader turns UTF-16 into UTF-8. Unlike the decoder of x/text it refuses half a pair, half a unit and NUL
// instead of putting a replacement character in their place: a damaged file must not become damaged names.
type utf16Reader struct {
	src   io.Reader
	order binary.ByteOrder
	in    []byte // room for a block as read
	have  int    // bytes of in that wait for the rest of their character
	room  []byte // room for a block as decoded
	out   []byte // decoded but not yet given out
	line  int
	err   error
}

func newUTF16Reader(src io.Reader, bigEndian bool) *utf16Reader {
	u := &utf16Reader{src: src, order: binary.LittleEndian, in: make([]byte, 32<<10), line: 1}
	if bigEndian {
		u.order = binary.BigEndian
	}
	return u
}

// Read gives the next bytes as UTF-8.
func (u *utf16Reader) Read(p []byte) (int, error) {
	for len(u.out) == 0 {
		if u.err != nil {
			return 0, u.err
		}
		u.decodeBlock()
	}
	n := copy(p, u.out)
	u.out = u.out[n:]
	return n, nil
}

func (u *utf16Reader) decodeBlock() {
	n, err := u.src.Read(u.in[u.have:])
	u.err = err
	block, out, used := u.in[:u.have+n], u.room[:0], 0
	for used+2 <= len(block) {
		c, size := rune(u.order.Uint16(block[used:])), 2
		if utf16.IsSurrogate(c) {
			if used+4 > len(block) {
				break
			}
			c, size = utf16.DecodeRune(c, rune(u.order.Uint16(block[used+2:]))), 4
		}
		if c == utf8.RuneError && size == 4 {
			u.fail(out, "half a UTF-16 pair; the file is damaged, send it again")
			break
		}
		out = utf8.AppendRune(out, c)
		used += size
	}
	u.have = copy(u.in, block[used:])
	if u.err == io.EOF && u.have > 0 {
		u.fail(out, "the file ends in the middle of a UTF-16 character; send it again in full")
	}
	u.line += bytes.Count(out, []byte{'\n'})
	u.out, u.room = out, out
}

func (u *utf16Reader) fail(out []byte, detail string) {
	u.err = &Error{CodeEncodingUnknown, u.line + bytes.Count(out, []byte{'\n'}), detail}
}
