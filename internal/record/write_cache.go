package record

import "sync"

// compiled keeps the statements of the write side by what their text depends on.
type compiled struct {
	mu   sync.Mutex
	of   map[string]any
	kept int64 // schema revision
}

// cachedWrite gives a compiled statement out of the cache or makes it.
func cachedWrite[T any](s *Store, revision int64, key string, compile func() (T, error)) (T, error) {
	s.writes.mu.Lock()
	if s.writes.kept == revision {
		if made, ok := s.writes.of[key].(T); ok {
			s.writes.mu.Unlock()
			return made, nil
		}
	}
	s.writes.mu.Unlock()
	made, err := compile()
	if err != nil {
		return made, err
	}
	s.writes.mu.Lock()
	defer s.writes.mu.Unlock()
	if s.writes.kept != revision || s.writes.of == nil || len(s.writes.of) >= maxShapes {
		s.writes.of, s.writes.kept = map[string]any{}, revision
	}
	s.writes.of[key] = made
	return made, nil
}
