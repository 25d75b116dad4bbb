package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// usage is processor time, which a busy machine does not stretch as it does the time on the clock.
type usage struct{ postmaster int }

// newUsage finds PostgreSQL's first process: the parent of all its others.
func newUsage(ctx context.Context, pool *pgxpool.Pool) (u usage, err error) {
	var backend int
	if err := pool.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&backend); err != nil {
		return u, err
	}
	fields, err := stat(backend)
	if err != nil {
		return u, err
	}
	u.postmaster, err = strconv.Atoi(fields[1])
	return u, err
}

// server is what all of PostgreSQL's processes have used so far, those included that have ended.
func (u usage) server() (sum time.Duration, err error) {
	fields, err := stat(u.postmaster)
	if err != nil {
		return 0, err
	}
	sum = ticks(fields[11:15])
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0, err
	}
	for _, dir := range all {
		pid, _ := strconv.Atoi(filepath.Base(dir))
		if fields, err := stat(pid); err == nil && fields[1] == strconv.Itoa(u.postmaster) {
			sum += ticks(fields[11:13])
		}
	}
	return sum, nil
}

// stat gives the fields of /proc/PID/stat behind the program's name; the first is the state, the second the parent.
func stat(pid int) ([]string, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(fields) < 15 {
		return nil, errors.New("/proc has another form here")
	}
	return fields, nil
}

// ticks adds up hundredths of a second.
func ticks(fields []string) (sum time.Duration) {
	for _, f := range fields {
		n, _ := strconv.Atoi(f)
		sum += time.Duration(n) * 10 * time.Millisecond
	}
	return sum
}
