package channel

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// kept is how much of a request and of an answer the ledger keeps; what lies around its end is looked through for secrets
// before it is cut, so that none is cut in two.
const (
	kept   = 64 << 10
	around = 8 << 10
)

// secretHeader names headers whose value is left out.
var secretHeader = regexp.MustCompile(`(?i)authorization|cookie|token|secret|signature|password|api-?key|^x-.*key$`)

// conversation is what the ledger keeps of a request and its answer: both as HTTP messages, without secrets.
func (r *redactor) conversation(s spoken) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", s.request.Method, r.text(requestURI(s.request.URL)), r.text(s.request.URL.Host))
	r.header(&b, s.request.Header)
	r.body(&b, s.request.Header, s.sent)
	b.WriteString("\r\n\r\n")
	switch {
	case s.answer != nil:
		fmt.Fprintf(&b, "HTTP/1.1 %s\r\n", r.text(s.answer.Status))
		r.header(&b, s.answer.Header)
		r.body(&b, s.answer.Header, s.got)
	case s.err != nil:
		b.WriteString("No answer: " + r.text(s.err.Error()))
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

// requestURI is path and query; a user and password before the host never count as part of it.
func requestURI(u *url.URL) string {
	return u.RequestURI()
}

func (r *redactor) header(b io.Writer, h http.Header) {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		value := hiddenSecret
		if !secretHeader.MatchString(name) {
			value = r.text(strings.Join(h[name], ", "))
		}
		fmt.Fprintf(b, "%s: %s\r\n", name, value)
	}
	_, _ = io.WriteString(b, "\r\n")
}

func (r *redactor) body(b io.Writer, h http.Header, body []byte) {
	if len(body) == 0 {
		return
	}
	if !textual(h) || !utf8.Valid(body) {
		fmt.Fprintf(b, "(%d bytes that are no text are not kept)", len(body))
		return
	}
	text := r.text(string(body[:min(len(body), kept+around)]))
	if len(text) > kept {
		text = strings.ToValidUTF8(text[:kept], "") + fmt.Sprintf("… (%d bytes in all)", len(body))
	}
	_, _ = io.WriteString(b, text)
}

// textual tells whether a body is text that can be looked through.
func textual(h http.Header) bool {
	if encoding := h.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return false
	}
	media, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return h.Get("Content-Type") == ""
	}
	return strings.HasPrefix(media, "text/") || strings.Contains(media, "json") || strings.Contains(media, "xml") ||
		media == "application/x-www-form-urlencoded" || media == "application/javascript"
}
