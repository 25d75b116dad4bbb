package postgres

import (
	"strings"
	"testing"
)

func TestSettingsFitTheMachine(t *testing.T) {
	t.Parallel()
	for memory, want := range map[uint64]string{
		512 << 20: "shared_buffers = '128MB' effective_cache_size = '512MB' work_mem = '4MB'",
		8 << 30:   "shared_buffers = '1024MB' effective_cache_size = '4096MB' work_mem = '20MB'",
		256 << 30: "shared_buffers = '2048MB' effective_cache_size = '131072MB' work_mem = '64MB'",
	} {
		lines := strings.Split(settingsFile(clusterSettings(memory, false)), "\n")
		if got := strings.Join(lines[1:4], " "); got != want {
			t.Errorf("%d MB: %s, want %s", memory>>20, got, want)
		}
	}
}

func TestMemTotal(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]uint64{
		"MemTotal:       24576000 kB\nMemFree: 1 kB\n": 24576000 << 10,
		"MemFree: 1 kB\n": 0,
		"MemTotal:\n":     0,
		"MemTotal: many":  0,
	} {
		if got := memTotal([]byte(content)); got != want {
			t.Errorf("%q: %d, want %d", content, got, want)
		}
	}
	if memory := machineMemory(); memory < 64<<20 {
		t.Errorf("this machine has %d bytes", memory)
	}
}
