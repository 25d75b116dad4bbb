package intake

import (
	"io"
	"sync"

	"github.com/hanse-commerce/hanse/module"
)

// watched is content that notes when it could not be read. A reader makes a fault of the document of that, though the
// document may be fine: such a file must be tried again, not refused.
type watched struct {
	module.Content
	mu  sync.Mutex
	err error
}

// Open opens the content.
func (w *watched) Open() (io.ReadCloser, error) {
	r, err := w.Content.Open()
	if err != nil {
		w.note(err)
		return nil, err
	}
	return &watchedReader{r, w}, nil
}

func (w *watched) note(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = err
	}
}

// fault is why the content could not be read, nil if it could.
func (w *watched) fault() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

type watchedReader struct {
	io.ReadCloser
	of *watched
}

func (r *watchedReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		r.of.note(err)
	}
	return n, err
}
