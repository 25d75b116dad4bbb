package sftp

import (
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/hanse-commerce/hanse/internal/point/files/home"
)

// listing is a list of entries as the library wants it.
type listing []home.Entry

// ListAt implements wire.ListerAt.
func (l listing) ListAt(into []os.FileInfo, offset int64) (int, error) {
	if offset >= int64(len(l)) {
		return 0, io.EOF
	}
	n := 0
	for ; n < len(into) && int(offset)+n < len(l); n++ {
		into[n] = info{l[int(offset)+n]}
	}
	if n < len(into) {
		return n, io.EOF
	}
	return n, nil
}

// info shows an entry with the same mode for all files and all folders: what a partner may do depends on the folder.
type info struct{ entry home.Entry }

// Name implements fs.FileInfo; so do the following.
func (i info) Name() string {
	if i.entry.Path == "" {
		return "/"
	}
	return i.entry.Name
}

func (i info) Size() int64        { return i.entry.Size }
func (i info) ModTime() time.Time { return i.entry.Modified }
func (i info) IsDir() bool        { return i.entry.Dir }
func (i info) Sys() any           { return nil }
func (i info) Mode() fs.FileMode {
	if i.entry.Dir {
		return fs.ModeDir | 0o755
	}
	return 0o644
}
