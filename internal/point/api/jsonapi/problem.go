package jsonapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// Fault is one error object of JSON:API.
type Fault struct {
	Status string         `json:"status"`
	Code   string         `json:"code"`
	Title  string         `json:"title"`
	Detail string         `json:"detail,omitempty"`
	Source map[string]any `json:"source,omitempty"`
	Meta   map[string]any `json:"meta,omitempty"`
}

// Problem is an error answer: a status and what is wrong, each fault with a stable code.
type Problem struct {
	Status int
	Faults []Fault
	Header http.Header
}

func (p *Problem) Error() string {
	if len(p.Faults) == 0 {
		return http.StatusText(p.Status)
	}
	return p.Faults[0].Detail
}

func problem(status int, code, format string, a ...any) *Problem {
	p := &Problem{Status: status}
	p.add(status, code, fmt.Sprintf(format, a...), nil)
	return p
}

// Refuse is a problem of one fault, for authenticators.
func Refuse(status int, code, detail string) *Problem { return problem(status, code, "%s", detail) }

func (p *Problem) add(status int, code, detail string, source map[string]any) {
	p.Faults = append(p.Faults, Fault{Status: strconv.Itoa(status), Code: code, Title: http.StatusText(status), Detail: detail, Source: source})
}

// Coded is an error of the business with a stable code, as commands give: what is wrong and, with a field, where.
type Coded interface {
	error
	Code() string
	Field() string
}

func pointed(status int, code, pointer, detail string) *Problem {
	p := &Problem{Status: status}
	p.add(status, code, detail, map[string]any{"pointer": pointer})
	return p
}

// fail answers with an error document, whatever the error is. What is not meant for the caller is only logged.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := h.explain(r, err)
	for _, name := range []string{"ETag", "Location"} {
		w.Header().Del(name)
	}
	for k, v := range p.Header {
		w.Header()[k] = v
	}
	body, err := json.Marshal(map[string]any{"jsonapi": map[string]string{"version": "1.1"}, "errors": p.Faults})
	if err != nil {
		h.Log.ErrorContext(r.Context(), "API error cannot be written", "error", err)
	}
	q := &request{Handler: h, w: w, r: r}
	_ = q.send(p.Status, mediaType, cacheNothing, body)
}

func (h *Handler) explain(r *http.Request, err error) *Problem {
	var p *Problem
	var q *record.QueryError
	var coded Coded
	var tooLarge *http.MaxBytesError
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &q):
		return queryProblem(q, r)
	case errors.As(err, &coded):
		return codedProblem(coded)
	case errors.As(err, &tooLarge):
		return problem(http.StatusRequestEntityTooLarge, "too_large", "The body is larger than %d bytes.", tooLarge.Limit)
	case errors.Is(err, record.ErrConflict):
		return problem(http.StatusConflict, record.CodeConflict, "Others kept changing the same records; read them again and send the request again.")
	case errors.As(err, &pg) && pg.Code == "42501":
		h.Log.WarnContext(r.Context(), "row-level security refused an API request", "method", r.Method, "path", r.URL.Path, "error", err)
		return problem(http.StatusForbidden, "forbidden", "You may not write what this request would write.")
	case errors.Is(err, context.Canceled):
		return problem(499, "cancelled", "The client closed the connection.")
	case errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01" || pg.Code == "55P03"):
		p := problem(http.StatusServiceUnavailable, "busy", "Another change of the same records was under way; send the request again.")
		p.Header = http.Header{"Retry-After": {"1"}}
		return p
	}
	h.Log.ErrorContext(r.Context(), "API request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	if postgres.Unavailable(err) {
		p := problem(http.StatusServiceUnavailable, "unavailable", "The database does not answer at the moment; send the request again.")
		p.Header = http.Header{"Retry-After": {"2"}}
		return p
	}
	return problem(http.StatusInternalServerError, "internal", "The request failed on our side; the log says why.")
}

// codedProblem tells all that is wrong, where the error knows of more than one thing.
func codedProblem(err Coded) *Problem {
	violations := []resource.Violation{{Field: err.Field(), Code: err.Code(), Detail: err.Error()}}
	var all interface{ Violations() []resource.Violation }
	if errors.As(err, &all) {
		violations = all.Violations()
	}
	p := &Problem{Status: statusOf(violations[0].Code)}
	if p.Status == http.StatusServiceUnavailable {
		p.Header = http.Header{"Retry-After": {"1"}}
	}
	for _, v := range violations {
		source := map[string]any(nil)
		if v.Field != "" {
			source = map[string]any{"pointer": "/data/attributes/" + v.Field}
		}
		p.add(statusOf(v.Code), v.Code, v.Detail, source)
	}
	return p
}

// queryProblem points at the query parameter that is wrong. A record that a reference cannot name is not there.
func queryProblem(q *record.QueryError, r *http.Request) *Problem {
	switch q.Part {
	case "type":
		if q.Code == "unknown_type" {
			return problem(http.StatusNotFound, q.Code, "There is no resource %q.", q.Path)
		}
		return problem(http.StatusForbidden, q.Code, "You may not read %s.", q.Path)
	case "id":
		return problem(http.StatusNotFound, "not_found", "There is no such record: %s.", q.Detail)
	}
	p := &Problem{Status: http.StatusBadRequest}
	p.add(p.Status, q.Code, q.Part+" "+strconv.Quote(q.Path)+": "+q.Detail+".", map[string]any{"parameter": parameterOf(q, r)})
	return p
}

func parameterOf(q *record.QueryError, r *http.Request) string {
	switch q.Part {
	case "filter":
		plain := "filter[" + q.Path + "]"
		if q.Operator == "" || q.Operator == resource.Eq && r.URL.Query().Has(plain) {
			return plain
		}
		return plain + "[" + string(q.Operator) + "]"
	case "fields", "page":
		return q.Part + "[" + q.Path + "]"
	}
	return q.Part
}

// statusOf is the HTTP status of a stable code of the business; what is not listed is a request that cannot be processed.
func statusOf(code string) int {
	switch code {
	case "not_found", "unknown_record":
		return http.StatusNotFound
	case "forbidden":
		return http.StatusForbidden
	case "already_exists", "conflict", "still_referenced", "duplicate_key", "short_stock", "already_placed", "in_flight", "price_changed":
		return http.StatusConflict
	case "busy":
		return http.StatusServiceUnavailable
	case "stale_revision":
		return http.StatusPreconditionFailed
	}
	return http.StatusUnprocessableEntity
}
