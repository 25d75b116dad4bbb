package postgres

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
)

const (
	mebibyte     = 1 << 20
	settingsName = "hanse.conf"
)

type setting struct{ name, value string }

// clusterSettings sizes a cluster to a machine with memory bytes. Logical replication is on from the
// start because turning it on later takes a restart.
func clusterSettings(memory uint64, throwaway bool) []setting {
	size := func(bytes, least, most uint64) string {
		return fmt.Sprintf("%dMB", min(max(bytes/mebibyte, least), most))
	}
	settings := []setting{
		{"shared_buffers", size(memory/8, 128, 2048)},
		{"effective_cache_size", size(memory/2, 512, 1<<20)},
		{"work_mem", size(memory/400, 4, 64)},
		{"maintenance_work_mem", size(memory/16, 64, 512)},
		{"jit", "off"},
		{"random_page_cost", "1.1"},
		{"max_connections", "200"},
		{"wal_level", "logical"},
		{"max_slot_wal_keep_size", "4GB"},
		{"min_wal_size", "256MB"},
		{"max_wal_size", "4GB"},
		{"checkpoint_timeout", "15min"},
		{"client_connection_check_interval", "2s"},
		{"idle_in_transaction_session_timeout", "10min"},
		{"listen_addresses", "127.0.0.1"},
		{"unix_socket_directories", ""},
		{"password_encryption", "scram-sha-256"},
		{"timezone", "UTC"},
		{"log_timezone", "UTC"},
		{"lc_messages", "C"},
		{"log_error_verbosity", "terse"}, // details would carry customers' data
		{"log_checkpoints", "off"},
	}
	if throwaway {
		settings = append(settings,
			setting{"shared_buffers", "128MB"}, setting{"fsync", "off"}, setting{"full_page_writes", "off"},
			setting{"synchronous_commit", "off"},
			setting{"autovacuum", "off"}, // plans must not depend on when it comes along
			setting{"max_wal_size", "256MB"}, setting{"min_wal_size", "64MB"})
	}
	return settings
}

// settingsFile writes them in the format of postgresql.conf; of equal names the last one counts.
func settingsFile(settings []setting) string {
	var b strings.Builder
	b.WriteString("# Written by Hanse at each start. Your own settings go into postgresql.auto.conf (ALTER SYSTEM).\n")
	for _, s := range settings {
		fmt.Fprintf(&b, "%s = '%s'\n", s.name, strings.ReplaceAll(s.value, "'", "''"))
	}
	return b.String()
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
