package postgrestest

import (
	"os"
	"syscall"
)

// memoryFolder is Linux's file system in memory.
const memoryFolder = "/dev/shm"

// TempDir is the folder in which throwaway databases are best made: in memory where there are two
// gigabytes to spare, because copying and dropping databases is mostly making and removing files, else
// the usual one. An empty answer means the usual one, as for os.MkdirTemp.
func TempDir() string {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(memoryFolder, &fs); err != nil {
		return ""
	}
	if uint64(fs.Bsize)*fs.Bavail < 2<<30 { // #nosec G115 -- a block size is positive
		return ""
	}
	if dir, err := os.MkdirTemp(memoryFolder, "hanse-try-"); err != nil || os.Remove(dir) != nil {
		return ""
	}
	return memoryFolder
}
