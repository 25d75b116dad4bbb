package postgres

import (
	"fmt"
	"os"
	"path/filepath"
)

const (
	logFile = "postgres.log"
	// logLimit is the size from which the log is put aside at a start; one old one is kept.
	logLimit = 8 << 20
)

// openLog opens the server's log in the data folder. The server writes into it directly, so that it
// can go on when Hanse is killed.
func (c *Cluster) openLog() (*os.File, error) {
	path := filepath.Join(c.dataDir, logFile)
	if info, err := os.Stat(path); err == nil && info.Size() > logLimit {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, fmt.Errorf("put the database's old log aside: %w", err)
		}
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) // #nosec G304 -- in the data folder
	if err != nil {
		return nil, fmt.Errorf("open the database's log: %w", err)
	}
	return file, nil
}

func readFrom(path string, offset int64) ([]byte, error) {
	content, err := os.ReadFile(path) // #nosec G304 -- the database's log
	if err != nil || offset > int64(len(content)) {
		return nil, err
	}
	return content[offset:], nil
}
