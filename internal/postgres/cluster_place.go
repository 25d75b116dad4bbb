package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// outsideFolder is where clusters lie whose user cannot reach the data folder.
const outsideFolder = "/var/lib/hanse"

// folder is where the cluster of a data folder lies. One inside is kept as a relative path, so that
// the data folder may be moved.
func (s secret) folder(dataDir string) string {
	if filepath.IsAbs(s.Directory) {
		return s.Directory
	}
	return filepath.Join(dataDir, "postgres")
}

// clusterMajor is the major version of the cluster in dir, 0 if there is none.
func clusterMajor(dir string) (int, error) {
	content, err := os.ReadFile(filepath.Join(dir, "PG_VERSION")) // #nosec G304 -- fixed name in the cluster's folder
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the cluster's version: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil {
		return 0, fmt.Errorf("read the cluster's version in %s: %w", dir, err)
	}
	return major, nil
}

// settle chooses where a new cluster lies: in the data folder, or, where its user cannot get there (a
// folder below /root, say), below /var/lib/hanse.
func (c *Cluster) settle(ctx context.Context, programs Programs) error {
	program := programs.Path("postgres")
	c.secret = secret{Password: newPassword(), Directory: "postgres"}
	if !c.owner.reaches(ctx, c.dataDir, program) {
		if !c.owner.reaches(ctx, "/", program) {
			return fmt.Errorf("%s cannot run %s, which is needed because PostgreSQL refuses to run as root: make the folder readable for all",
				c.owner.name, program)
		}
		outside, err := c.outside()
		if err != nil {
			return err
		}
		c.secret.Directory = outside
		c.notice = c.outsideNotice()
	}
	c.data = c.secret.folder(c.dataDir)
	return nil
}

func (c *Cluster) outsideNotice() string {
	return fmt.Sprintf("The database lies in %s: PostgreSQL refuses to run as root, and its user %s cannot reach %s.",
		c.secret.Directory, c.owner.name, c.dataDir)
}

// outside prepares a place below /var/lib/hanse. A cluster that is there already belongs to a data
// folder that was deleted since: it is moved aside, not deleted.
func (c *Cluster) outside() (string, error) {
	if err := makeFolder(outsideFolder, 0o711); err != nil { // the database's user has to pass through
		return "", fmt.Errorf("make a place for the database: %w", err)
	}
	hash := sha256.Sum256([]byte(c.dataDir))
	path := filepath.Join(outsideFolder, hex.EncodeToString(hash[:6]))
	if _, err := os.Lstat(path); err == nil {
		aside := path + "." + time.Now().UTC().Format("20060102T150405.000Z")
		if err := os.Rename(path, aside); err != nil {
			return "", fmt.Errorf("move an old database aside: %w", err)
		}
		c.options.Log.Warn("a database of a deleted data folder was moved aside; delete it when it is not needed", "folder", aside)
	}
	return path, nil
}
