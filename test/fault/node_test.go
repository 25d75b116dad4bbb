package fault_test

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hanse-commerce/hanse/test/program"
)

var numbers atomic.Int64

func next() int64 { return numbers.Add(1) }

// node is a running hanse serve.
type node struct {
	*program.Process
	http, sftp string // addresses
}

var servingLine = regexp.MustCompile(`msg=serving node=(\S+) http=(\S+) sftp=(\S+)`)

// serve starts a node of the company and waits until it is ready.
func (c *company) serve(t *testing.T, args ...string) *node {
	t.Helper()
	n := c.start(t, args...)
	n.ready(t)
	return n
}

func (c *company) start(t *testing.T, args ...string) *node {
	t.Helper()
	args = append([]string{"serve", "--database", c.DatabaseURL, "--data", c.data}, args...)
	return &node{Process: program.Start(t, program.Options{}, append(args, program.FreePorts()...)...)}
}

func (n *node) ready(t *testing.T) {
	t.Helper()
	program.Eventually(t, func() error {
		line := servingLine.FindStringSubmatch(n.Stderr.String())
		if line == nil {
			return n.silent(t)
		}
		n.http, n.sftp = line[2], line[3]
		return answers(n.http, http.StatusOK)
	})
}

func (n *node) silent(t *testing.T) error {
	t.Helper()
	select {
	case <-n.Ended():
		t.Fatalf("the node ended\n%s", n.Stderr.String())
	default:
	}
	return errors.New("the node does not serve")
}

// answers expects a status from a node's /readyz.
func answers(address string, status int) error {
	response, err := http.Get("http://" + address + "/readyz")
	if err != nil {
		return err
	}
	_ = response.Body.Close()
	if response.StatusCode != status {
		return fmt.Errorf("/readyz answers %s, expected %d", response.Status, status)
	}
	return nil
}

// holder tells which of the nodes holds a lease.
func (c *company) holder(t *testing.T, lease string, nodes ...*node) (found *node) {
	t.Helper()
	program.Eventually(t, func() error {
		var holder string
		if err := try(c, &holder, "SELECT holder FROM lease WHERE name = $1 AND expires_at > clock_timestamp()", lease); err != nil {
			return fmt.Errorf("nobody holds the lease %s: %w", lease, err)
		}
		for _, n := range nodes {
			if strings.Contains(holder, fmt.Sprintf("-%d-", n.PID())) {
				found = n
				return nil
			}
		}
		return fmt.Errorf("%s holds the lease %s, none of the nodes", holder, lease)
	})
	return found
}

// watching is the name of the lease on the partner's folder.
func (c *company) watching(t *testing.T) string {
	t.Helper()
	return "files/" + ask[string](t, c, "SELECT id::text FROM partner")
}
