package stripesim

import "time"

// page gives one page of a list, the newest first (docs.stripe.com/api/pagination).
func page[T any](url string, p parameters, all []T, id func(T) string, created func(T) time.Time, render func(T) object) (object, *fault) {
	limit := 10
	if _, given := p["limit"]; given {
		limit = int(p.number("limit"))
		if limit < 1 || limit > 100 {
			return nil, invalid("", "limit", "Invalid limit: it must be between 1 and 100.")
		}
	}
	at := func(path string) (time.Time, bool) {
		_, given := p[path]
		return time.Unix(p.number(path), 0), given
	}
	matches := func(v T) bool {
		made := created(v).Truncate(time.Second)
		for path, ok := range map[string]func(time.Time) bool{
			"created": made.Equal, "created.gt": made.After, "created.lt": made.Before,
			"created.gte": func(t time.Time) bool { return !made.Before(t) }, "created.lte": func(t time.Time) bool { return !made.After(t) },
		} {
			if t, given := at(path); given && !ok(t) {
				return false
			}
		}
		return true
	}
	after := p["starting_after"]
	data, more, found := []object{}, false, after == ""
	for _, v := range all {
		if !found {
			found = id(v) == after
			continue
		}
		if !matches(v) {
			continue
		}
		if len(data) == limit {
			more = true
			break
		}
		data = append(data, render(v))
	}
	if !found {
		return nil, missing("object", after, "starting_after")
	}
	return object{"object": "list", "url": url, "has_more": more, "data": data}, nil
}
