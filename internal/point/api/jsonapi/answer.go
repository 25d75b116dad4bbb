package jsonapi

import (
	"bytes"
	"encoding/json"
	"hash/fnv"
	"net/http"
	"strconv"
	"strings"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// Who asks decides what he is shown, so nobody else may be given the same from a cache; his own client must ask again,
// and may be told that nothing changed.
const (
	cachePrivate = "private, no-cache"
	cacheNothing = "no-store"
)

func (q *request) send(status int, contentType, cache string, body []byte) error {
	head := q.w.Header()
	head.Set("Content-Type", contentType)
	head.Set("Content-Length", strconv.Itoa(len(body)))
	q.guard(cache)
	q.w.WriteHeader(status)
	if q.r.Method != http.MethodHead {
		_, _ = q.w.Write(body) // #nosec G705 -- JSON, which no browser sniffs for anything else
	}
	return nil
}

// guard sets what every answer says to caches and browsers.
func (q *request) guard(cache string) {
	head := q.w.Header()
	head.Set("Cache-Control", cache)
	head.Set("Vary", "Accept, Accept-Language, Authorization, Cookie")
	head.Set("X-Content-Type-Options", "nosniff")
}

// self is the link of what is answered.
func (q *request) self() string {
	if q.r.URL.RawQuery == "" {
		return sentPath(q.r)
	}
	return sentPath(q.r) + "?" + q.r.URL.RawQuery
}

// empty answers with a status alone.
func (q *request) empty(status int) error {
	q.guard(cacheNothing)
	q.w.WriteHeader(status)
	return nil
}

// maxKept bounds the memory that one large answer leaves behind.
const maxKept = 1 << 20

// buffer is where an answer is written; it goes back when the answer was sent.
func (h *Handler) buffer() (b *bytes.Buffer, back func()) {
	b, ok := h.buffers.Get().(*bytes.Buffer)
	if !ok {
		b = &bytes.Buffer{}
	}
	return b, func() {
		if b.Cap() <= maxKept {
			b.Reset()
			h.buffers.Put(b)
		}
	}
}

// readOne reads the record that the query names into a document; without one the answer is 404.
func (q *request) readOne(out *bytes.Buffer, db record.Batcher, query *record.Query, self string) (tag string, err error) {
	doc := record.NewDocument(out, q.Base, query, true)
	if _, err := q.Store.Read(q.r.Context(), db, q.caller, query, doc.Add); err != nil {
		return "", err
	}
	if doc.Count() == 0 {
		return "", notFound(query.Type, query.Target)
	}
	links, err := json.Marshal(map[string]string{"self": self})
	if err != nil {
		return "", err
	}
	doc.Finish(links, nil)
	return entityTag(doc.Revision(), out.Bytes()), nil
}

// entityTag names a representation: the record's revision, which If-Match asks for, and the content, since prices, stock
// and related records change without the record's own revision.
func entityTag(revision int64, body []byte) string {
	h := fnv.New64a()
	_, _ = h.Write(body)
	return `"` + strconv.FormatInt(revision, 10) + "-" + strconv.FormatUint(h.Sum64(), 36) + `"`
}

// unchanged reports whether the client has the representation already (RFC 9110, section 13.1.2: weak comparison).
func unchanged(r *http.Request, tag string) bool {
	for _, have := range strings.Split(strings.Join(r.Header.Values("If-None-Match"), ","), ",") {
		if have = strings.TrimSpace(have); have == "*" || strings.TrimPrefix(have, "W/") == tag {
			return true
		}
	}
	return false
}

// ifMatch is the revision that the client requires, 0 for any. A bare revision is taken as well as a whole entity tag; a
// weak one never matches (RFC 9110, section 13.1.1).
func (q *request) ifMatch() (int64, error) {
	tag := strings.TrimSpace(strings.Join(q.r.Header.Values("If-Match"), ","))
	if tag == "" || tag == "*" {
		return 0, nil
	}
	revision, _, _ := strings.Cut(strings.Trim(tag, `"`), "-")
	n, err := strconv.ParseInt(revision, 10, 64)
	if err != nil || n < 1 || strings.Contains(tag, ",") {
		return 0, problem(http.StatusPreconditionFailed, "stale_revision", "If-Match does not name one revision of this record, as its ETag does.")
	}
	return n, nil
}

func notFound(t *resource.Type, target resource.Ref) error {
	return problem(http.StatusNotFound, "not_found", "There is no record %q among %s.", target.String(), t.Name)
}
