package postgres

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"syscall"
	"time"
)

// process is a running server: a child, or one adopted from a process that was killed.
type process struct {
	pid  int
	data string
	// child is nil when the process was adopted.
	child *exec.Cmd
	// done is closed when the process has ended.
	done chan struct{}
}

func startProcess(cmd *exec.Cmd, data string) (*process, error) {
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{pid: cmd.Process.Pid, data: data, child: cmd, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended stands in the server's log
		close(p.done)
	}()
	return p, nil
}

// adoptProcess watches a process that is no child of ours.
func adoptProcess(pid int, data string) *process {
	p := &process{pid: pid, data: data, done: make(chan struct{})}
	go func() {
		for runsServer(pid, data) {
			time.Sleep(100 * time.Millisecond)
		}
		close(p.done)
	}()
	return p
}

func (p *process) adopted() bool { return p.child == nil }

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// stop asks for a fast shutdown, and when ctx ends or a minute passes, an immediate one. It returns
// when the process has ended.
func (p *process) stop(ctx context.Context) error {
	steps := []struct {
		signal syscall.Signal
		wait   time.Duration
	}{
		{syscall.SIGINT, time.Minute},      // fast: roll back, disconnect, write out
		{syscall.SIGQUIT, 5 * time.Second}, // immediate: recover at the next start
		{syscall.SIGKILL, 5 * time.Second},
	}
	for _, s := range steps {
		if p.ended() {
			return nil
		}
		if err := syscall.Kill(p.pid, s.signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("signal process %d: %w", p.pid, err)
		}
		if p.await(ctx, s.wait) {
			return nil
		}
		ctx = context.WithoutCancel(ctx) // the patience is over; the harder ways get their time
	}
	return fmt.Errorf("process %d does not end", p.pid)
}

func (p *process) await(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-p.done:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return p.ended()
}
