package sftp

import (
	"context"
	"fmt"
	"io"
	"strings"

	wire "github.com/pkg/sftp"

	"github.com/hanse-commerce/hanse/internal/point/files/home"
)

// handler answers the file operations of one channel. The library hands it paths that are absolute and clean, so ".."
// ends at the root of the home.
type handler struct{ *session }

// The abilities of a request server that the handler has.
var (
	_ wire.FileReader           = (*handler)(nil)
	_ wire.OpenFileWriter       = (*handler)(nil)
	_ wire.PosixRenameFileCmder = (*handler)(nil)
	_ wire.LstatFileLister      = (*handler)(nil)
	_ wire.ReadlinkFileLister   = (*handler)(nil)
)

// Fileread opens a file to read.
func (h *handler) Fileread(r *wire.Request) (io.ReaderAt, error) {
	p := inHome(r.Filepath)
	if err := h.takeFile(); err != nil {
		return nil, h.status("read", p, err)
	}
	file, err := h.guest.Open(h.ctx, p)
	if err != nil {
		h.giveFile()
		return nil, h.status("read", p, err)
	}
	return &download{file: file, path: p, session: h.session}, nil
}

// Filewrite opens a file to write. The append flag means nothing: the client says at which offset it writes, and does so
// when it resumes.
func (h *handler) Filewrite(r *wire.Request) (io.WriterAt, error) { return h.OpenFile(r) }

// OpenFile opens a file to write and read.
func (h *handler) OpenFile(r *wire.Request) (wire.WriterAtReaderAt, error) {
	p, flags := inHome(r.Filepath), r.Pflags()
	if err := h.takeFile(); err != nil {
		return nil, h.status("write", p, err)
	}
	file, err := h.guest.Write(h.ctx, p, home.Mode{Create: flags.Creat, Exclusive: flags.Excl, Truncate: flags.Trunc})
	if err != nil {
		h.giveFile()
		return nil, h.status("write", p, err)
	}
	return &upload{file: file, path: p, session: h.session}, nil
}

// Filecmd changes names and attributes.
func (h *handler) Filecmd(r *wire.Request) error {
	p := inHome(r.Filepath)
	switch r.Method {
	case "Setstat":
		return h.status("set attributes of", p, h.setAttributes(p, r))
	case "Rename":
		return h.rename(p, inHome(r.Target))
	case "Remove":
		return h.remove(p)
	case "Rmdir":
		return h.status("delete folder", p, h.guest.RemoveDir(h.ctx, p))
	case "Mkdir":
		return h.status("create folder", p, h.guest.Mkdir(h.ctx, p))
	case "Link", "Symlink":
		h.refused("create link", inHome(r.Target), home.ErrLink)
	}
	return wire.ErrSSHFxOpUnsupported
}

// PosixRename is the rename of OpenSSH's client, which would replace (OpenSSH PROTOCOL, section 4.3). Here none does.
func (h *handler) PosixRename(r *wire.Request) error {
	return h.rename(inHome(r.Filepath), inHome(r.Target))
}

func (h *handler) rename(from, to string) error {
	if err := h.guest.Rename(h.ctx, from, to); err != nil {
		return h.status("rename", from, err)
	}
	h.happened(Event{Kind: Renamed, Path: from, To: to})
	return nil
}

func (h *handler) remove(p string) error {
	if err := h.guest.Remove(h.ctx, p); err != nil {
		return h.status("delete", p, err)
	}
	h.happened(Event{Kind: Removed, Path: p})
	return nil
}

func (h *handler) setAttributes(p string, r *wire.Request) error {
	if !r.AttrFlags().Size {
		return h.guest.SetAttributes(h.ctx, p)
	}
	size := r.Attributes().Size
	if size > uint64(h.server.cfg.MaxFileSize) { //#nosec G115 -- the limit is positive
		return errTooLarge(h.server.cfg.MaxFileSize)
	}
	return h.guest.Truncate(h.ctx, p, int64(size)) //#nosec G115 -- checked above
}

// Filelist lists a folder or tells what lies at a path.
func (h *handler) Filelist(r *wire.Request) (wire.ListerAt, error) {
	p := inHome(r.Filepath)
	if r.Method != "List" {
		entry, err := h.guest.Stat(h.ctx, p)
		if err != nil {
			return nil, h.status("look at", p, err)
		}
		return listing{entry}, nil
	}
	entries, err := h.guest.List(h.ctx, p)
	if err != nil {
		return nil, h.status("list", p, err)
	}
	return listing(entries), nil
}

// Lstat tells what lies at a path; there are no links.
func (h *handler) Lstat(r *wire.Request) (wire.ListerAt, error) { return h.Filelist(r) }

// Readlink refuses: there are no links.
func (h *handler) Readlink(string) (string, error) { return "", wire.ErrSSHFxOpUnsupported }

func (h *session) happened(event Event) {
	if h.server.cfg.Observer == nil {
		return
	}
	event.Partner, event.At = *h.partner, h.server.now()
	h.server.cfg.Observer.Observe(context.WithoutCancel(h.ctx), event)
}

// takeFile takes one of the session's places for open files.
func (h *session) takeFile() error {
	if h.open.Add(1) > int64(h.server.cfg.MaxOpenFiles) {
		h.open.Add(-1)
		return fmt.Errorf("more than %d open files: close some first", h.server.cfg.MaxOpenFiles)
	}
	return nil
}

func (h *session) giveFile() { h.open.Add(-1) }

// inHome makes a path of the protocol, absolute and clean, one of the home.
func inHome(p string) string { return strings.TrimPrefix(p, "/") }
