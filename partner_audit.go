package hanse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/point/files/sftp"
)

// partnerAudit logs who came to the SFTP server and who was refused. A ban goes into the audit chain, too.
func (s *server) partnerAudit(ctx context.Context, e sftp.AuditEntry) {
	level := slog.LevelWarn
	if e.Kind == sftp.LoginAccepted || e.Kind == sftp.SessionEnded {
		level = slog.LevelInfo
	}
	s.log.Log(ctx, level, "SFTP "+string(e.Kind), "user", e.User, "partner", e.Partner, "remote", e.Remote, "method", e.Method, "detail", e.Detail)
	if e.Kind != sftp.LoginBanned {
		return
	}
	if err := s.banned(ctx, e); err != nil {
		s.log.ErrorContext(ctx, "a ban could not be noted", "user", e.User, "error", err)
	}
}

// banned notes a ban as a change of the partner whose login was guessed at; what nobody is called is only logged.
func (s *server) banned(ctx context.Context, e sftp.AuditEntry) error {
	data, err := json.Marshal(map[string]string{"login": e.User, "remote": e.Remote, "method": e.Method, "detail": e.Detail})
	if err != nil {
		return err
	}
	var partner, organization string
	err = pgx.BeginFunc(ctx, s.work, func(tx pgx.Tx) error {
		if err := access.EnterSystem(ctx, tx); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, "SELECT partner_id::text, organization_id::text FROM partner_login WHERE login = $1", e.User).Scan(&partner, &organization)
		if err != nil {
			return err
		}
		caller := access.SystemCaller(organization, "sftp")
		if err := access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		return change.Append(ctx, tx, caller, change.Entry{Resource: "partners", Event: "partner.loginBanned", IDs: []string{partner}, Data: data})
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("noting the ban of login %q: %w", e.User, err)
	}
	s.sequencer.Wake()
	return nil
}
