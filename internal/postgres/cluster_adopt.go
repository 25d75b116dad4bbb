package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// adopt takes over the server that an earlier Hanse left running when it was killed. It returns nil
// when there is none. A file that names a dead server is left to PostgreSQL, which checks it better;
// one whose number has gone to another program would keep PostgreSQL from starting and is removed once
// no process of a server works in the folder.
func (c *Cluster) adopt(ctx context.Context) (*process, error) {
	for {
		file, err := readPostmasterFile(c.data)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, c.awaitNoServer(ctx)
		}
		if err != nil {
			return nil, fmt.Errorf("look for a running database: %w", err)
		}
		if !runsServer(file.pid, c.data) {
			if err := c.awaitNoServer(ctx); err != nil {
				return nil, err
			}
			return nil, c.removeStale(file)
		}
		if file.ready() {
			c.port = file.port
			if err := c.ping(ctx); err != nil {
				return nil, fmt.Errorf("take over the running database (process %d): %w", file.pid, err)
			}
			c.options.Log.Info("took over the database that was left running", "pid", file.pid)
			return adoptProcess(file.pid, c.data), nil
		}
		// Starting or stopping: wait for how it ends.
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return nil, fmt.Errorf("wait for the running database (process %d): %w", file.pid, err)
		}
	}
}

func (c *Cluster) removeStale(file postmasterFile) error {
	if !alive(file.pid) {
		return nil
	}
	if err := os.Remove(filepath.Join(c.data, "postmaster.pid")); err != nil {
		return fmt.Errorf("remove the stale postmaster.pid: %w", err)
	}
	c.options.Log.Debug("removed a stale postmaster.pid", "pid", file.pid)
	return nil
}

// awaitNoServer waits for the last processes of a dead server; they notice within moments.
func (c *Cluster) awaitNoServer(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, 30*time.Second, errors.New("its processes did not end within 30 s"))
	defer cancel()
	for anyServer(c.data) {
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return fmt.Errorf("wait for the end of the former database in %s: %w", c.data, err)
		}
	}
	return nil
}
