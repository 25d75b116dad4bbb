package sftp

import (
	"errors"
	"fmt"
	"io/fs"

	wire "github.com/pkg/sftp"

	"github.com/hanse-commerce/hanse/internal/point/files/home"
)

// status turns an error into what the client is told, and notes attempts to get out.
func (h *session) status(doing, p string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return told{err, wire.ErrSSHFxNoSuchFile}
	case errors.Is(err, home.ErrName), errors.Is(err, home.ErrLink):
		h.refused(doing, p, err)
		return told{err, wire.ErrSSHFxPermissionDenied}
	case errors.Is(err, home.ErrDenied):
		return told{err, wire.ErrSSHFxPermissionDenied}
	case errors.Is(err, home.ErrExists):
		return told{err, wire.ErrSSHFxFailure}
	}
	h.server.cfg.Log.Warn("SFTP operation failed", "partner", h.partner.Code, "operation", doing, "path", p, "error", err)
	return told{err, wire.ErrSSHFxFailure}
}

func (h *session) refused(doing, p string, err error) {
	h.server.cfg.Log.Warn("SFTP path refused", "partner", h.partner.Code, "operation", doing, "path", p, "error", err)
	h.server.audit(h.ctx, AuditEntry{
		Kind: PathRefused, User: h.partner.User, Partner: h.partner.Code, Remote: h.remote.String(),
		Detail: fmt.Sprintf("%s %.200q", doing, p),
	})
}

// told is an error with the status code that the client gets (draft-ietf-secsh-filexfer-02 section 7).
type told struct {
	error
	code error
}

// Unwrap gives the library the code.
func (t told) Unwrap() error { return t.code }
