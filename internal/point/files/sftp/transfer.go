package sftp

import (
	"fmt"
	"sync/atomic"

	"github.com/hanse-commerce/hanse/internal/point/files/home"
)

// download is a file that a client reads.
type download struct {
	*session
	file home.File
	path string
	read atomic.Bool
}

// ReadAt implements io.ReaderAt.
func (d *download) ReadAt(p []byte, off int64) (int, error) {
	d.read.Store(true)
	return d.file.ReadAt(p, off)
}

// Close is called by the library at the client's close, or at the end of the connection.
func (d *download) Close() error {
	defer d.giveFile()
	err := d.file.Close()
	if d.read.Load() {
		d.happened(Event{Kind: Read, Path: d.path})
	}
	return err
}

// upload is a file that a client writes.
type upload struct {
	*session
	file home.Upload
	path string
	cut  atomic.Bool
}

// ReadAt implements io.ReaderAt.
func (u *upload) ReadAt(p []byte, off int64) (int, error) { return u.file.ReadAt(p, off) }

// WriteAt implements io.WriterAt.
func (u *upload) WriteAt(p []byte, off int64) (int, error) {
	limit := u.server.cfg.MaxFileSize
	if off < 0 || off > limit-int64(len(p)) {
		u.cut.Store(true)
		return 0, u.status("write", u.path, errTooLarge(limit))
	}
	n, err := u.file.WriteAt(p, off)
	return n, u.status("write", u.path, err)
}

// TransferError is called by the library before Close when the connection ended before the client closed the file.
func (u *upload) TransferError(error) { u.cut.Store(true) }

// Close is called by the library at the client's close, or at the end of the connection.
func (u *upload) Close() error {
	defer u.giveFile()
	if u.cut.Load() {
		err := u.file.Cut()
		u.happened(Event{Kind: Cut, Path: u.path})
		return err
	}
	if err := u.file.Close(); err != nil {
		u.happened(Event{Kind: Cut, Path: u.path})
		return u.status("close", u.path, err)
	}
	u.happened(Event{Kind: Closed, Path: u.path})
	return nil
}

func errTooLarge(limit int64) error {
	return fmt.Errorf("larger than %d bytes: send it in parts or ask for a higher limit", limit)
}
