package postgres

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// initialize makes the cluster beside its final place and renames it when it is whole, so that a
// set-up that was cut off is begun anew.
func (c *Cluster) initialize(ctx context.Context, programs Programs) error {
	building := c.data + ".new"
	if err := os.RemoveAll(building); err != nil {
		return fmt.Errorf("remove an unfinished set-up: %w", err)
	}
	if err := os.Mkdir(building, 0o700); err != nil {
		return fmt.Errorf("make the cluster's folder: %w", err)
	}
	if err := c.owner.own(building); err != nil {
		return fmt.Errorf("hand the cluster's folder to %s: %w", c.owner.name, err)
	}
	if !c.options.Throwaway || !c.copyThrowaway(ctx, programs, building) {
		if err := c.initdb(ctx, programs, building); err != nil {
			_ = os.RemoveAll(building)
			return err
		}
		if c.options.Throwaway {
			c.keepThrowaway(ctx, programs, building)
		}
	}
	if err := writeJSON(filepath.Join(c.dataDir, secretFile), c.secret); err != nil {
		return fmt.Errorf("keep the database's password: %w", err)
	}
	if err := os.Rename(building, c.data); err != nil {
		return fmt.Errorf("put the cluster in its place: %w", err)
	}
	return nil
}

// initdb runs the program with the best locale that the machine has: bytewise order, which makes
// prefix searches use plain indexes, with Unicode's upper and lower case.
func (c *Cluster) initdb(ctx context.Context, programs Programs, dir string) error {
	password := c.data + ".password"
	if err := c.passwordFile(password); err != nil {
		return err
	}
	defer func() { _ = os.Remove(password) }()
	common := []string{"-D", dir, "-U", superuser, "--pwfile", password, "--auth=scram-sha-256",
		"-E", "UTF8", "--lc-messages=C", "-N"}
	var failures []string
	for _, locale := range locales(programs.Major) {
		cmd := c.owner.command(ctx, filepath.Dir(dir), programs.Path("initdb"), append(common, locale...)...)
		output, err := cmd.CombinedOutput()
		if err == nil {
			return c.syncNew(ctx, programs, dir)
		}
		if ctx.Err() != nil {
			return fmt.Errorf("set up the cluster: %w", context.Cause(ctx))
		}
		failures = append(failures, fmt.Sprintf("%v: %s", err, lastLines(output, 3)))
	}
	return fmt.Errorf("set up the cluster with initdb: %s", failures[len(failures)-1])
}

func locales(major int) [][]string {
	libc := [][]string{
		{"--lc-collate=C", "--lc-ctype=C.UTF-8"},
		{"--lc-collate=C", "--lc-ctype=en_US.UTF-8"},
		{"--no-locale"},
	}
	if major >= 17 {
		return append([][]string{{"--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"}}, libc...)
	}
	return libc
}

// syncNew writes the new files to disk in one go, which is quicker than while they are made.
func (c *Cluster) syncNew(ctx context.Context, programs Programs, dir string) error {
	if c.options.Throwaway {
		return nil
	}
	cmd := c.owner.command(ctx, filepath.Dir(dir), programs.Path("initdb"), "-D", dir, "--sync-only")
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("write the new cluster to disk: %w: %s", err, lastLines(output, 3))
	}
	return nil
}

// passwordFile holds the superuser's password while initdb reads it.
func (c *Cluster) passwordFile(path string) error {
	err := os.Remove(path)
	if err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("remove an old password file: %w", err)
	}
	err = os.WriteFile(path, []byte(c.secret.Password+"\n"), 0o600)
	if err == nil {
		err = c.owner.own(path)
	}
	if err != nil {
		return fmt.Errorf("hand the password to initdb: %w", err)
	}
	return nil
}

func lastLines(output []byte, n int) string {
	lines := strings.Split(string(bytes.TrimSpace(output)), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "; ")
}
