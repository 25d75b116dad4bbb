package postgrestest

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// watchScript waits until its input ends, which is when the test binary has ended in whatever way
// (os.Exit, panic, kill); then it stops the server that runs in the folder by then, and removes the
// folders. The wait for the server is bounded: where nobody collects dead processes it stays visible.
const watchScript = `
exec 2>/dev/null
read -r nothing
pid=$(head -n 1 "$1/postmaster.pid")
args=$(tr '\0' ' ' <"/proc/$pid/cmdline" || ps -o args= -p "${pid:-0}")
case $args in *" -D $1 "*) kill -QUIT "$pid" ;; esac
n=0
while [ -e "$1/postmaster.pid" ] && kill -0 "${pid:-0}" && [ $n -lt 100 ]; do sleep 0.05; n=$((n+1)); done
rm -rf "$1" "$2"
`

// watch leaves a small process behind that cleans up after the test binary.
func watch(data, dir string) error {
	reader, writer, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("watch the test database: %w", err)
	}
	cmd := exec.Command("/bin/sh", "-c", watchScript, "sh", data, dir) // #nosec G204 -- own server's folders
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
