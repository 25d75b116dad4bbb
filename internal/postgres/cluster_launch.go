package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	settingsName = "hanse.conf"
	logFile      = "postgres.log"
	// logLimit is the size from which the log is put aside at a start; one old one is kept.
	logLimit = 8 << 20
)

// launch starts the server and waits until it answers.
func (c *Cluster) launch(ctx context.Context, programs Programs) error {
	if err := c.writeSettings(); err != nil {
		return err
	}
	c.options.Progress("Starting PostgreSQL " + programs.Version)
	for attempt := 1; ; attempt++ {
		port, err := c.choosePort(attempt)
		if err != nil {
			return err
		}
		err = c.launchAt(ctx, programs, port)
		if err == nil {
			return c.rememberPort(port)
		}
		// Between choosing a port and listening there another program may take it.
		if c.options.Port != 0 || attempt == 5 || !errors.Is(err, errPortTaken) {
			return err
		}
	}
}

var errPortTaken = errors.New("the port is taken")

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
	cmd := c.owner.command(context.WithoutCancel(ctx), c.data, programs.Path("postgres"), "-D", c.data, "-p", strconv.Itoa(port),
		"-c", "external_pid_file=")
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

// writeSettings writes hanse.conf and includes it from postgresql.conf. The folder belongs to another,
// weaker user when Hanse is root: nothing there may lead the writing elsewhere.
func (c *Cluster) writeSettings() error {
	root, err := os.OpenRoot(c.data)
	if err != nil {
		return fmt.Errorf("write the cluster's settings: %w", err)
	}
	defer func() { _ = root.Close() }()
	content := settingsFile(clusterSettings(machineMemory(), c.options.Throwaway))
	_ = root.Remove(settingsName)
	err = root.WriteFile(settingsName, []byte(content), 0o600)
	if err == nil && c.owner.other {
		err = root.Lchown(settingsName, int(c.owner.uid), int(c.owner.gid))
	}
	if err != nil {
		return fmt.Errorf("write the cluster's settings: %w", err)
	}
	const include = "include = '" + settingsName + "'\n"
	current, err := root.ReadFile("postgresql.conf")
	if err != nil {
		return fmt.Errorf("read the cluster's settings: %w", err)
	}
	if bytes.Contains(current, []byte(include)) {
		return nil
	}
	file, err := root.OpenFile("postgresql.conf", os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return fmt.Errorf("include the cluster's settings: %w", err)
	}
	_, err = file.WriteString("\n" + include)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("include the cluster's settings: %w", err)
	}
	return nil
}

// openLog opens the server's log in the data folder. The server writes into it directly, so that it
// can go on when Hanse is killed.
func (c *Cluster) openLog() (*os.File, error) {
	path := filepath.Join(c.dataDir, logFile)
	if info, err := os.Stat(path); err == nil && info.Size() > logLimit {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, fmt.Errorf("put the database's old log aside: %w", err)
		}
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) // #nosec G304 -- in the data folder
	if err != nil {
		return nil, fmt.Errorf("open the database's log: %w", err)
	}
	return file, nil
}

// choosePort gives the wanted port, the last one if it is free, or any.
func (c *Cluster) choosePort(attempt int) (int, error) {
	if c.options.Port != 0 {
		return c.options.Port, nil
	}
	if attempt == 1 && c.secret.Port != 0 {
		if port, err := freePort(c.secret.Port); err == nil {
			return port, nil
		}
	}
	return freePort(0)
}

func freePort(port int) (int, error) {
	listener, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	address, _ := listener.Addr().(*net.TCPAddr)
	return address.Port, listener.Close()
}

func (c *Cluster) rememberPort(port int) error {
	if c.secret.Port == port {
		return nil
	}
	c.secret.Port = port
	if err := writeJSON(filepath.Join(c.dataDir, secretFile), c.secret); err != nil {
		return fmt.Errorf("remember the database's port: %w", err)
	}
	return nil
}

func readFrom(path string, offset int64) ([]byte, error) {
	content, err := os.ReadFile(path) // #nosec G304 -- the database's log
	if err != nil || offset > int64(len(content)) {
		return nil, err
	}
	return content[offset:], nil
}
