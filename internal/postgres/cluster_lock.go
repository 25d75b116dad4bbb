package postgres

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// ErrInUse says that another process works with the data folder; errors.As finds the *InUseError.
var ErrInUse = errors.New("the data folder is in use")

// InUseError names the process that holds a data folder.
type InUseError struct {
	// Folder is the data folder's absolute path.
	Folder string
	// PID is the holder's process id, 0 if it left none.
	PID int
}

func (e *InUseError) Error() string {
	who := "another process"
	if e.PID != 0 {
		who = fmt.Sprintf("process %d", e.PID)
	}
	return fmt.Sprintf("the data folder %s is in use by %s: stop it first, or choose another folder with --data", e.Folder, who)
}

// Is makes errors.Is(err, ErrInUse) true.
func (e *InUseError) Is(target error) bool { return target == ErrInUse }

// LockFolder keeps other processes that ask from a data folder, which it makes if it is missing, until release is called or
// the process dies; one that comes second gets an *InUseError. Start does the same by itself.
func LockFolder(dir string) (release func(), err error) {
	if dir, err = dataFolder(dir); err != nil {
		return nil, err
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	return lock.release, nil
}

// folderLock keeps other processes out of a data folder. The system lifts it when its process dies,
// however that happens.
type folderLock struct{ file *os.File }

func lockFolder(dir string) (*folderLock, error) {
	path := filepath.Join(dir, "hanse.lock")
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) // #nosec G304 -- in the data folder
	if err != nil {
		return nil, fmt.Errorf("lock the data folder %s: %w", dir, err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) // #nosec G115 -- a file descriptor
	if errors.Is(err, syscall.EWOULDBLOCK) {
		content, _ := io.ReadAll(io.LimitReader(file, 32))
		_ = file.Close()
		pid, _ := strconv.Atoi(strings.TrimSpace(string(content)))
		return nil, &InUseError{Folder: dir, PID: pid}
	}
	if err == nil {
		err = file.Truncate(0)
	}
	if err == nil {
		_, err = file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("lock the data folder %s: %w", dir, err)
	}
	return &folderLock{file}, nil
}

// release leaves the file: removing it would let two processes lock two files of the same name.
func (l *folderLock) release() { _ = l.file.Close() }
