package record

import (
	"sync"

	"github.com/hanse-commerce/hanse/resource"
)

// Store reads and writes the records of the current schema. It keeps compiled statements by their shape, never data.
type Store struct {
	schema func() *resource.Schema
	mu     sync.RWMutex
	reads  map[string]*statement
	kept   int64 // schema revision the statements were compiled for
	bytes  int   // of their text and keys
	writes compiled
}

// NewStore is a store for the schema that the function gives at the time of each use.
func NewStore(schema func() *resource.Schema) *Store {
	return &Store{schema: schema, reads: map[string]*statement{}}
}

// Schema is the current set of definitions.
func (s *Store) Schema() *resource.Schema { return s.schema() }

// Both bound the memory that a client of ever new shapes can make the store use; it begins anew then.
const (
	maxShapes = 4096
	maxBytes  = 32 << 20
)

func (s *Store) cached(key string, revision int64) *statement {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.kept != revision {
		return nil
	}
	return s.reads[key]
}

func (s *Store) keep(key string, revision int64, st *statement) {
	s.mu.Lock()
	defer s.mu.Unlock()
	size := len(key) + len(st.sql) + len(st.countSQL)
	if s.kept != revision || len(s.reads) >= maxShapes || s.bytes+size > maxBytes {
		s.reads, s.kept, s.bytes = map[string]*statement{}, revision, 0
	}
	s.reads[key] = st
	s.bytes += size
}
