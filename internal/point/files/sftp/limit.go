package sftp

import "sync"

// places are what connections take up: so many in all, so many for each holder, so that no client or partner can take the
// places of the others.
type places[K comparable] struct {
	all, each int

	mu    sync.Mutex
	taken int
	by    map[K]int
}

func newPlaces[K comparable](all, each int) *places[K] {
	return &places[K]{all: all, each: each, by: map[K]int{}}
}

// take takes a place; leave gives it back and may be called again.
func (p *places[K]) take(holder K) (leave func(), ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken >= p.all || p.by[holder] >= p.each {
		return func() {}, false
	}
	p.taken++
	p.by[holder]++
	return sync.OnceFunc(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.taken--
		if p.by[holder]--; p.by[holder] == 0 {
			delete(p.by, holder)
		}
	}), true
}
