package postgres

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// owner is the user that a cluster's programs run as: they refuse to run as root.
type owner struct {
	name     string
	uid, gid uint32
	// other is set when it is another user than the one Hanse runs as.
	other bool
}

// clusterOwner is the present user, or for root the user postgres, else nobody. A cluster that is there
// already keeps its owner.
func clusterOwner(existing string) (owner, error) {
	if os.Geteuid() != 0 {
		return owner{}, nil
	}
	if info, err := os.Stat(existing); err == nil {
		if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid != 0 {
			return owner{name: fmt.Sprintf("user %d", stat.Uid), uid: stat.Uid, gid: stat.Gid, other: true}, nil
		}
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
		if errUID == nil && errGID == nil && uid != 0 {
			return owner{name: name, uid: uint32(uid), gid: uint32(gid), other: true}, nil
		}
	}
	return owner{}, fmt.Errorf("PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as: create one, or start Hanse as an ordinary user")
}

// command prepares a program to run as the owner, in a process group of its own, so that Ctrl-C at the
// terminal reaches Hanse alone, and with an environment without PG* settings of the caller's.
func (o owner) command(ctx context.Context, dir, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...) // #nosec G204 -- a program of the chosen folder
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC", "HOME=" + dir}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if o.other {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: o.uid, Gid: o.gid}
	}
	return cmd
}

// own hands a file or folder over to the owner.
func (o owner) own(path string) error {
	if !o.other {
		return nil
	}
	return os.Lchown(path, int(o.uid), int(o.gid))
}

// reaches says whether the owner can work in dir, by starting program there as him.
func (o owner) reaches(ctx context.Context, dir, program string) bool {
	return !o.other || o.command(ctx, dir, program, "--version").Run() == nil
}
