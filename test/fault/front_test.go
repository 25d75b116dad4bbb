package fault_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"slices"
	"sync"
	"testing"
	"time"
)

// front is one address before several nodes. It passes a request on to the next node where one does not answer, as load
// balancers do: what may have begun is not repeated unless that is harmless.
type front struct {
	http *httptest.Server
	sftp net.Listener

	mu    sync.Mutex
	nodes []*node
	turn  int
}

func newFront(t *testing.T, nodes ...*node) *front {
	t.Helper()
	f := &front{nodes: nodes}
	f.http = httptest.NewServer(f)
	var err error
	if f.sftp, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	go f.forward()
	t.Cleanup(func() {
		_ = f.sftp.Close()
		f.http.CloseClientConnections()
		f.http.Close()
	})
	return f
}

// order is in which order the nodes are tried now: each first in its turn.
func (f *front) order() []*node {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.turn++
	n := f.turn % len(f.nodes)
	return slices.Concat(f.nodes[n:], f.nodes[:n])
}

// ServeHTTP implements http.Handler.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	repeatable := r.Method == http.MethodGet || r.Header.Get("Idempotency-Key") != ""
	for _, n := range f.order() {
		failed := false
		proxy := &httputil.ReverseProxy{
			Rewrite: func(p *httputil.ProxyRequest) {
				p.Out.URL.Scheme, p.Out.URL.Host = "http", n.http
				p.Out.Host = p.In.Host
				p.SetXForwarded()
			},
			Transport: &http.Transport{DisableKeepAlives: true},
			ErrorHandler: func(_ http.ResponseWriter, _ *http.Request, err error) {
				failed = true
				var dial *net.OpError
				repeatable = repeatable || asDial(err, &dial)
			},
		}
		again := r.Clone(r.Context())
		again.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(w, again)
		if !failed {
			return
		}
		if !repeatable {
			break
		}
	}
	http.Error(w, "no node answers", http.StatusBadGateway)
}

// forward passes connections on to the first node that takes them.
func (f *front) forward() {
	for {
		in, err := f.sftp.Accept()
		if err != nil {
			return
		}
		go func() {
			defer func() { _ = in.Close() }()
			for _, n := range f.order() {
				out, err := net.DialTimeout("tcp", n.sftp, time.Second)
				if err != nil {
					continue
				}
				go func() {
					_, _ = io.Copy(out, in)
					_ = out.Close()
				}()
				_, _ = io.Copy(in, out)
				return
			}
		}()
	}
}

// asDial finds an error of making the connection: the node has not seen the request.
func asDial(err error, dial **net.OpError) bool {
	return errors.As(err, dial) && (*dial).Op == "dial"
}
