package jsonapi

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// negotiate follows JSON:API 1.1, section 5: of the parameters of its media type ext is refused, since no extension is
// offered, and profile is passed over; any other is refused. Plain JSON is taken too, since many clients send nothing else.
func negotiate(r *http.Request) error {
	if r.Body != nil && r.Body != http.NoBody && r.ContentLength != 0 && !takes(r.Header.Get("Content-Type")) {
		return problem(http.StatusUnsupportedMediaType, "unsupported_media_type", "Send the body as %s without parameters.", mediaType)
	}
	if accept := strings.Join(r.Header.Values("Accept"), ","); accept != "" && !admits(accept) {
		return problem(http.StatusNotAcceptable, "not_acceptable", "The answer is %s, which the Accept header does not admit.", mediaType)
	}
	return nil
}

func takes(contentType string) bool {
	kind, parameters, err := mime.ParseMediaType(contentType)
	switch {
	case err != nil:
		return false
	case kind == "application/json":
		return true
	}
	return kind == mediaType && plain(parameters)
}

// plain reports whether the parameters of the JSON:API media type ask for nothing that is not offered.
func plain(parameters map[string]string) bool {
	for name := range parameters {
		if name != "profile" && name != "q" {
			return false
		}
	}
	return true
}

func admits(accept string) bool {
	for _, part := range strings.Split(accept, ",") {
		kind, parameters, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		if q, given := parameters["q"]; given {
			if weight, err := strconv.ParseFloat(q, 64); err != nil || weight <= 0 {
				continue
			}
		}
		switch kind {
		case "*/*", "application/*", "application/json":
			return true
		case mediaType:
			if plain(parameters) {
				return true
			}
		}
	}
	return false
}
