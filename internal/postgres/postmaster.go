package postgres

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
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
	if !alive(pid) {
		return false
	}
	if runtime.GOOS == "linux" {
		return linuxServer(strconv.Itoa(pid), data)
	}
	output, err := exec.Command("ps", "-o", "stat=,comm=", "-p", strconv.Itoa(pid)).Output() // #nosec G204 -- a number
	fields := strings.Fields(string(output))
	return err == nil && len(fields) > 1 && !strings.HasPrefix(fields[0], "Z") && strings.HasPrefix(filepath.Base(fields[1]), "postgres")
}

// linuxServer looks into /proc. A server is started with its folder as an argument and works in it.
// Where the folder may not be read (root in a container without the right to trace), any PostgreSQL
// is taken for the one: what follows makes sure by connecting.
func linuxServer(pid, data string) bool {
	stat, err := os.ReadFile("/proc/" + pid + "/stat") // #nosec G304 -- a number
	if err != nil {
		return false
	}
	// "123 (postgres) S 1 …", see proc_pid_stat(5); Z is a dead process that nobody collected yet.
	name, rest, _ := bytes.Cut(stat, []byte(") "))
	if !bytes.Contains(name, []byte("(postgres")) || bytes.HasPrefix(rest, []byte("Z")) {
		return false
	}
	if line, err := os.ReadFile("/proc/" + pid + "/cmdline"); err == nil { // #nosec G304 -- a number
		if slices.Contains(strings.Split(string(line), "\x00"), data) {
			return true
		}
	}
	folder, err := os.Readlink("/proc/" + pid + "/cwd")
	return errors.Is(err, fs.ErrPermission) || err == nil && folder == data
}

func alive(pid int) bool { return syscall.Kill(pid, 0) != syscall.ESRCH }

// disownPostmasterFile puts this process's number into a file whose own has gone to another program:
// PostgreSQL would take that for a running server. It knows that its parent is none, and goes on to
// check whether anything still uses the former server's memory, which removing the file would skip.
func disownPostmasterFile(data string) error {
	root, err := os.OpenRoot(data)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	content, err := root.ReadFile("postmaster.pid")
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(content), "\n")
	file, err := root.OpenFile("postmaster.pid", os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(file, "%d\n%s", os.Getpid(), rest)
	return errors.Join(err, file.Close())
}
