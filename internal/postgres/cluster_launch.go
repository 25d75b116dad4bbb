package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// launch starts the server and waits until it answers.
func (c *Cluster) launch(ctx context.Context, programs Programs) error {
	if err := c.writeSettings(); err != nil {
		return err
	}
	c.options.Progress("Starting PostgreSQL " + programs.Version)
	begun := time.Now()
	for attempt := 1; ; attempt++ {
		port, err := c.choosePort(attempt)
		if err != nil {
			return err
		}
		err = c.launchAt(ctx, programs, port)
		switch {
		case err == nil:
			return c.rememberPort(port)
		case errors.Is(err, errPortTaken) && c.options.Port == 0 && attempt < 5:
			// Between choosing a port and listening there another program took it.
		case errors.Is(err, errMemoryInUse) && time.Since(begun) < 30*time.Second:
			// A server was killed; its other processes notice within moments.
			err = pause(ctx, 50*time.Millisecond)
			if err != nil {
				return fmt.Errorf("wait for the end of the former server: %w", err)
			}
		default:
			return err
		}
	}
}

var (
	errPortTaken   = errors.New("the port is taken")
	errMemoryInUse = errors.New("processes of a killed server still run")
)

func (c *Cluster) launchAt(ctx context.Context, programs Programs, port int) error {
	log, err := c.openLog()
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	from, err := log.Seek(0, 2)
	if err != nil {
		return fmt.Errorf("open the database's log: %w", err)
	}
	// Not bound to ctx: the server must be shut down in order, not killed.
	cmd := c.owner.command(context.WithoutCancel(ctx), c.data, programs.Path("postgres"), "-D", c.data, "-p", strconv.Itoa(port))
	cmd.Stdout, cmd.Stderr = log, log
	c.process, err = startProcess(cmd, c.data)
	if err != nil {
		return fmt.Errorf("start %s: %w", programs.Path("postgres"), err)
	}
	c.port = port
	err = c.awaitReady(ctx)
	if err == nil {
		return nil
	}
	if !c.process.ended() {
		return err
	}
	tail, _ := readFrom(log.Name(), from)
	if bytes.Contains(tail, []byte("could not create any TCP/IP sockets")) {
		return fmt.Errorf("start PostgreSQL on port %d: %w", port, errPortTaken)
	}
	if bytes.Contains(tail, []byte("pre-existing shared memory block")) {
		return fmt.Errorf("start PostgreSQL in %s: %w", c.data, errMemoryInUse)
	}
	return fmt.Errorf("PostgreSQL ended at once: %s (its log is %s)", lastLines(tail, 3), log.Name())
}

// awaitReady waits until the server takes connections; after a crash it first recovers, which may take
// a while.
func (c *Cluster) awaitReady(ctx context.Context) error {
	begun, told := time.Now(), false
	for {
		if file, err := readPostmasterFile(c.data); err == nil && file.pid == c.process.pid && file.ready() {
			return c.ping(ctx)
		}
		if !told && time.Since(begun) > 3*time.Second {
			c.options.Progress("PostgreSQL is recovering what was not written out")
			told = true
		}
		if c.process.ended() {
			return errors.New("PostgreSQL ended while starting")
		}
		if err := pause(ctx, 5*time.Millisecond); err != nil {
			return fmt.Errorf("wait for PostgreSQL: %w", err)
		}
	}
}

// ping connects with the data folder's password and makes sure that the server is the one of the
// cluster's folder.
func (c *Cluster) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.URL("postgres"))
	if err != nil {
		return fmt.Errorf("connect to the private database: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var data string
	if err := conn.QueryRow(ctx, "select current_setting('data_directory')").Scan(&data); err != nil {
		return fmt.Errorf("ask the private database for its folder: %w", err)
	}
	if real, err := filepath.EvalSymlinks(data); err == nil {
		data = real
	}
	if data != c.data {
		return fmt.Errorf("port %d belongs to a database in %s, not to the one in %s", c.port, data, c.data)
	}
	return nil
}
