package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// adopt takes over the server that an earlier Hanse left running when it was killed. It returns nil
// when there is none. A file that names a dead server is left to PostgreSQL, which checks it better.
func (c *Cluster) adopt(ctx context.Context) (*process, error) {
	for {
		file, err := readPostmasterFile(c.data)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("look for a running database: %w", err)
		}
		if !runsServer(file.pid, c.data) {
			if alive(file.pid) {
				err = disownPostmasterFile(c.data)
			}
			if err != nil {
				return nil, fmt.Errorf("mark postmaster.pid as stale: %w", err)
			}
			return nil, nil
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
