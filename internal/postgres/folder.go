package postgres

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// makeFolder makes a folder, and those above it, with exactly mode, whatever the umask is. One that
// exists keeps its mode.
func makeFolder(path string, mode fs.FileMode) error {
	if info, err := os.Stat(path); err == nil {
		if !info.IsDir() {
			return fmt.Errorf("%s is no folder", path)
		}
		return nil
	}
	if parent := filepath.Dir(path); parent != path {
		if err := makeFolder(parent, mode); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, mode); err != nil && !os.IsExist(err) {
		return err
	}
	return os.Chmod(path, mode)
}
