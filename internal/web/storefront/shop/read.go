package shop

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// found is one record of an answer with those that came along.
type found struct {
	id         string
	attributes []byte
	ones       map[string]string           // ids by relation
	related    map[string]map[string][]int // by include path and the id they start from: positions in list
	list       []related
}

// related is a record that came along.
type related struct {
	id, attributes string
	ones           map[string]string
}

// below are the records that came along a path from the record with that id: the found one's own for a path of one step.
func (f *found) below(path, from string) []related {
	at := f.related[path][from]
	records := make([]related, len(at))
	for i, n := range at {
		records[i] = f.list[n]
	}
	return records
}

// one is the record that came along a path of to-one relations.
func (f *found) one(path, from string) (related, bool) {
	at := f.related[path][from]
	if len(at) == 0 {
		return related{}, false
	}
	return f.list[at[0]], true
}

func linkage(ones []record.One) map[string]string {
	ids := make(map[string]string, len(ones))
	for _, o := range ones {
		if o.ID != nil {
			ids[o.Relation.Name] = string(o.ID)
		}
	}
	return ids
}

// query starts a query for records of a type.
func (s *Shop) query(typeName string) *record.Query {
	t, ok := s.Store.Schema().Type(typeName)
	if !ok {
		t = &resource.Type{Name: typeName} // the compiler says what is missing
	}
	return &record.Query{Type: t, Number: 1}
}

// collect makes a reading whose records end up in the list.
func collect(q *record.Query, into *[]found) *record.Reading {
	return &record.Reading{Query: q, Each: func(a *record.Answer, row *record.Row) error {
		f := found{id: string(row.ID), attributes: append([]byte(nil), row.Attributes...), ones: linkage(row.Ones),
			related: make(map[string]map[string][]int, len(a.Paths))}
		for k, p := range a.Paths {
			by := map[string][]int{}
			for _, r := range row.Includes[k] {
				by[r.Parent] = append(by[r.Parent], len(f.list))
				f.list = append(f.list, related{r.ID, r.Attributes, linkage(r.Ones)})
			}
			f.related[p.Name] = by
		}
		*into = append(*into, f)
		return nil
	}}
}

// read answers queries in one round trip.
func (s *Shop) read(ctx context.Context, caller access.Caller, readings ...*record.Reading) error {
	return s.Store.ReadAll(ctx, s.Pool, caller, readings...)
}

// decode reads a record's attributes. They come from the definitions, so an error is ours.
func decode[T any](attributes []byte) (T, error) {
	var v T
	if err := json.Unmarshal(attributes, &v); err != nil {
		return v, fmt.Errorf("read the attributes of a record: %w", err)
	}
	return v, nil
}

// decodeRelated reads the attributes of a record that came along; where there is none, the zero value.
func decodeRelated[T any](r related, ok bool) (T, error) {
	if !ok {
		var zero T
		return zero, nil
	}
	return decode[T]([]byte(r.attributes))
}
