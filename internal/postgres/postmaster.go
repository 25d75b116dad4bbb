package postgres

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// postmasterFile is what a server says of itself in postmaster.pid; see PostgreSQL's
// src/include/utils/pidfile.h for its lines.
type postmasterFile struct {
	pid, port int
	status    string
}

func (f postmasterFile) ready() bool { return f.status == "ready" }

func readPostmasterFile(data string) (postmasterFile, error) {
	content, err := os.ReadFile(filepath.Join(data, "postmaster.pid")) // #nosec G304 -- fixed name in the cluster's folder
	if err != nil {
		return postmasterFile{}, err
	}
	return parsePostmasterFile(string(content))
}

func parsePostmasterFile(content string) (postmasterFile, error) {
	lines := strings.Split(content, "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil || pid <= 0 {
		return postmasterFile{}, fmt.Errorf("postmaster.pid names no process: %q", lines[0])
	}
	f := postmasterFile{pid: pid}
	if len(lines) > 3 {
		f.port, _ = strconv.Atoi(strings.TrimSpace(lines[3])) // missing while the server starts
	}
	if len(lines) > 7 {
		f.status = strings.TrimSpace(lines[7])
	}
	return f, nil
}

// runsServer says whether process pid is a PostgreSQL server of the cluster in data. A dead one that
// nobody has collected yet does not count; nor does another program that got the same number since.
func runsServer(pid int, data string) bool {
	if err := syscall.Kill(pid, 0); err == syscall.ESRCH {
		return false
	}
	if runtime.GOOS == "linux" {
		return linuxServer(strconv.Itoa(pid), data)
	}
	output, err := exec.Command("ps", "-o", "stat=,comm=", "-p", strconv.Itoa(pid)).Output() // #nosec G204 -- a number
	fields := strings.Fields(string(output))
	return err == nil && len(fields) > 1 && !strings.HasPrefix(fields[0], "Z") && strings.HasPrefix(filepath.Base(fields[1]), "postgres")
}

// linuxServer looks into /proc: every process of a server works in the cluster's folder. A zombie has
// no folder any more.
func linuxServer(pid, data string) bool {
	name, err := os.ReadFile("/proc/" + pid + "/comm") // #nosec G304 -- a number
	if err != nil || !bytes.HasPrefix(name, []byte("postgres")) {
		return false
	}
	folder, err := os.Readlink("/proc/" + pid + "/cwd")
	return err == nil && strings.TrimSuffix(folder, " (deleted)") == data
}

// anyServer says whether any process of a server still works in data: after the death of the first
// one the others need a moment to end.
func anyServer(data string) bool {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return false
	}
	for _, e := range entries {
		if _, err := strconv.Atoi(e.Name()); err == nil && linuxServer(e.Name(), data) {
			return true
		}
	}
	return false
}

func alive(pid int) bool { return syscall.Kill(pid, 0) != syscall.ESRCH }
