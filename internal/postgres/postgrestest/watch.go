package postgrestest

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// watchScript waits until its input ends, which is when the test binary has ended in whatever way
// (os.Exit, panic, kill); then it stops the server, as long as that is still the one, and removes the
// folders. The wait for the server is bounded: where nobody collects dead processes it stays visible.
const watchScript = `
read -r nothing
if [ "$(head -n 1 "$2/postmaster.pid" 2>/dev/null)" = "$1" ]; then kill -QUIT "$1"; fi
n=0
while [ -e "$2/postmaster.pid" ] && kill -0 "$1" 2>/dev/null && [ $n -lt 100 ]; do sleep 0.05; n=$((n+1)); done
rm -rf "$2" "$3"
`

// watch leaves a small process behind that cleans up after the test binary.
func watch(pid int, data, dir string) error {
	reader, writer, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("watch the test database: %w", err)
	}
	cmd := exec.Command("/bin/sh", "-c", watchScript, "sh", strconv.Itoa(pid), data, dir) // #nosec G204 -- own server's number and folders
	cmd.Stdin = reader
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("watch the test database: %w", err)
	}
	_ = reader.Close()
	keepOpen(writer)
	return cmd.Process.Release()
}

// keepOpen keeps the file from being closed by the garbage collector: the system closes it at the
// binary's end.
func keepOpen(file *os.File) {
	go func() {
		<-make(chan struct{})
		_ = file.Close()
	}()
}
