// Package postgres gives Hanse its database: a private cluster where none is named, the pool, the
// runner of all areas' migrations, and leases for what one node at a time may do.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ClusterOptions say where and how a private cluster runs.
type ClusterOptions struct {
	// DataDir is the caller's data folder; it is made if missing. The cluster lies in its subfolder
	// postgres, unless the user it runs as cannot reach that.
	DataDir string
	// Log takes what an administrator may need; nil means slog.Default().
	Log *slog.Logger
	// Progress is told in a few words what takes time just now; nil is fine.
	Progress func(string)
	// Port is the TCP port on 127.0.0.1; 0 means the last one if it is free, else any.
	Port int
	// Archive says where PostgreSQL's programs come from when the machine has none.
	Archive ArchiveOptions
	// Throwaway is for tests: it trades all safety of the data for speed and fetches no programs.
	Throwaway bool
}

// Cluster is a PostgreSQL server of Hanse's own, listening on the loopback address only.
type Cluster struct {
	options ClusterOptions
	dataDir string
	data    string // the cluster's folder
	owner   owner
	secret  secret
	lock    *folderLock
	process *process
	port    int
	notice  string

	stop    sync.Once
	stopErr error
}

// Start brings up the private cluster of a data folder: it makes one where there is none, takes over
// one that an earlier process left running when it was killed, and starts it otherwise. While the
// Cluster is not stopped, no second process can start one in the same folder: it gets an *InUseError.
// The server outlives a killed Hanse; the next Start finds it.
func Start(ctx context.Context, o ClusterOptions) (*Cluster, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	dir, err := dataFolder(o.DataDir)
	if err != nil {
		return nil, err
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	c := &Cluster{options: o, dataDir: dir, lock: lock}
	if err := c.start(ctx); err != nil {
		if c.process != nil {
			err = errors.Join(err, c.process.stop(context.WithoutCancel(ctx)))
		}
		lock.release()
		return nil, fmt.Errorf("start the private database of %s: %w", dir, err)
	}
	return c, nil
}

// dataFolder makes the folder, passable but not readable for others: the files in it have rights of
// their own, and the database's user has to pass through.
func dataFolder(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err == nil {
		err = makeFolder(abs, 0o711)
	}
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	if err != nil {
		return "", fmt.Errorf("make the data folder %s: %w", dir, err)
	}
	return abs, nil
}

func (c *Cluster) start(ctx context.Context) error {
	err := readJSON(filepath.Join(c.dataDir, secretFile), &c.secret)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read %s: %w (restore it from a backup: it holds the database's password)", secretFile, err)
	}
	c.data = c.secret.folder(c.dataDir)
	major, err := clusterMajor(c.data)
	if err != nil {
		return err
	}
	if major != 0 {
		err = c.startExisting(ctx, major)
	} else {
		err = c.startNew(ctx)
	}
	if err != nil {
		return err
	}
	if err := c.CreateDatabase(ctx, Database); err != nil {
		return err
	}
	err = writeJSON(filepath.Join(c.dataDir, runningFile),
		running{URL: c.URL(Database), PID: c.process.pid, Directory: c.data})
	if err != nil {
		return fmt.Errorf("write where the database runs: %w", err)
	}
	c.options.Log.Debug("private database runs", "folder", c.data, "port", c.port, "pid", c.process.pid, "adopted", c.process.adopted())
	return nil
}

func (c *Cluster) startExisting(ctx context.Context, major int) error {
	if c.secret.Password == "" {
		return fmt.Errorf("%s holds a cluster, but %s with its password is missing: restore it, or move the cluster away", c.data, secretFile)
	}
	var err error
	if c.owner, err = clusterOwner(c.data); err != nil {
		return err
	}
	if filepath.IsAbs(c.secret.Directory) {
		c.notice = c.outsideNotice()
	}
	if c.process, err = c.adopt(ctx); err != nil || c.process != nil {
		return err
	}
	programs, err := c.programs(ctx, major)
	if err != nil {
		return err
	}
	return c.launch(ctx, programs)
}

func (c *Cluster) startNew(ctx context.Context) error {
	programs, err := c.programs(ctx, 0)
	if err != nil {
		return err
	}
	if c.owner, err = clusterOwner(""); err != nil {
		return err
	}
	if err := c.settle(ctx, programs); err != nil {
		return err
	}
	c.options.Progress("Setting up PostgreSQL " + programs.Version + " in " + c.data)
	if err := c.initialize(ctx, programs); err != nil {
		return err
	}
	return c.launch(ctx, programs)
}

// URL gives the address of a database of the cluster, for its owner. It holds the password.
func (c *Cluster) URL(database string) string {
	return databaseURL(c.secret.Password, c.port, database)
}

// Notice says what is unusual about the cluster and worth telling, such as that it lies outside the
// data folder; mostly it is empty.
func (c *Cluster) Notice() string { return c.notice }

// Done is closed when the server's process has ended, for whatever reason.
func (c *Cluster) Done() <-chan struct{} { return c.process.done }

// CreateDatabase makes a database unless it exists.
func (c *Cluster) CreateDatabase(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, c.URL("postgres"))
	if err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var exists bool
	err = conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", name).Scan(&exists)
	if err == nil && !exists {
		_, err = conn.Exec(ctx, "create database "+pgx.Identifier{name}.Sanitize()+" template template0")
	}
	var pg *pgconn.PgError
	if err != nil && (!errors.As(err, &pg) || pg.Code != "42P04") { // 42P04: somebody was quicker
		return fmt.Errorf("create database %s: %w", name, err)
	}
	return nil
}

// Stop shuts the server down: clients are disconnected, data is written out. It returns when the
// process has ended; when ctx ends before, the server is stopped the hard way and recovers at the next
// start.
func (c *Cluster) Stop(ctx context.Context) error {
	c.stop.Do(func() {
		c.stopErr = c.process.stop(ctx)
		if err := os.Remove(filepath.Join(c.dataDir, runningFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			c.stopErr = errors.Join(c.stopErr, err)
		}
		c.lock.release()
	})
	if c.stopErr != nil {
		return fmt.Errorf("stop the private database of %s: %w", c.dataDir, c.stopErr)
	}
	return nil
}

// PID is the number of the server's first process.
func (c *Cluster) PID() int { return c.process.pid }

// Dir is the cluster's own folder.
func (c *Cluster) Dir() string { return c.data }
