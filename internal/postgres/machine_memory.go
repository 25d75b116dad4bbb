package postgres

import (
	"bufio"
	"bytes"
	"os"
	"strconv"
	"strings"
)

// machineMemory gives the bytes of memory that the cluster may reckon with: the machine's, or the
// container's limit when that is lower; 4 GiB where neither can be read.
func machineMemory() uint64 {
	memory := uint64(4 << 30)
	if content, err := os.ReadFile("/proc/meminfo"); err == nil {
		if total := memTotal(content); total != 0 {
			memory = total
		}
	}
	for _, path := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		content, err := os.ReadFile(path) // #nosec G304 -- fixed paths
		if err != nil {
			continue
		}
		if limit, err := strconv.ParseUint(strings.TrimSpace(string(content)), 10, 64); err == nil {
			memory = min(memory, limit)
		}
	}
	return memory
}

func memTotal(meminfo []byte) uint64 {
	lines := bufio.NewScanner(bytes.NewReader(meminfo))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 || fields[0] != "MemTotal:" {
			continue
		}
		kilobytes, err := strconv.ParseUint(fields[1], 10, 64)
		if err != nil {
			return 0
		}
		return kilobytes * 1024
	}
	return 0
}
