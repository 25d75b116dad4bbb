package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// throwawayMaster is where a freshly made cluster is kept for the next test binaries: copying it takes
// a fifth of the time of making one. It belongs to the database's user alone and holds the password
// that all copies share. Whatever fails here only costs time.
func (c *Cluster) throwawayMaster(programs Programs) (string, bool) {
	dir, err := fetchedFolder()
	if err != nil || makeFolder(dir, 0o755) != nil {
		return "", false
	}
	key := sha256.Sum256([]byte("1 " + programs.Version + " " + programs.Dir + " " + c.owner.name))
	return filepath.Join(dir, "throwaway-"+hex.EncodeToString(key[:6])), true
}

// copyThrowaway fills building from the master and says whether it did.
func (c *Cluster) copyThrowaway(ctx context.Context, programs Programs, building string) bool {
	master, ok := c.throwawayMaster(programs)
	if !ok {
		return false
	}
	info, err := os.Lstat(master)
	if err != nil || !info.IsDir() || info.Mode().Perm() != 0o700 || !c.owner.owns(info) {
		return false
	}
	password, err := os.ReadFile(filepath.Join(master, "password")) // #nosec G304 -- fixed name in a folder of the owner's
	if err != nil || len(password) == 0 {
		return false
	}
	if c.owner.command(ctx, "/", "cp", "-R", filepath.Join(master, "data")+"/.", building).Run() != nil {
		return false
	}
	c.secret.Password = strings.TrimSpace(string(password))
	return true
}

// keepThrowaway makes building the master for others.
func (c *Cluster) keepThrowaway(ctx context.Context, programs Programs, building string) {
	master, ok := c.throwawayMaster(programs)
	if !ok {
		return
	}
	copying, err := os.MkdirTemp(filepath.Dir(master), "copy-*")
	if err != nil {
		return
	}
	defer func() { _ = os.RemoveAll(copying) }()
	password := filepath.Join(copying, "password")
	if c.owner.own(copying) != nil || os.WriteFile(password, []byte(c.secret.Password), 0o600) != nil || c.owner.own(password) != nil {
		return
	}
	if c.owner.command(ctx, "/", "cp", "-R", building, filepath.Join(copying, "data")).Run() == nil {
		_ = os.Rename(copying, master) // fails where another process was quicker
	}
}

// owns says whether a file is the owner's.
func (o owner) owns(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	if o.other {
		return stat.Uid == o.uid
	}
	return int(stat.Uid) == os.Geteuid()
}
