package access

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// SetPasswordIn is SetPassword within a caller's transaction, which goes on as the caller's afterwards.
func (d *Directory) SetPasswordIn(ctx context.Context, tx pgx.Tx, caller Caller, s Subject, password string) error {
	hash, err := d.passwords.Hash(ctx, password)
	if err != nil {
		return fmt.Errorf("set the password of %s %s: %w", s.Kind, s.ID, err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make an id: %w", err)
	}
	if err := EnterSystem(ctx, tx); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "delete from credential where subject_id = $1 and kind = 'password'", s.ID); err != nil {
		return fmt.Errorf("set the password of %s %s: %w", s.Kind, s.ID, err)
	}
	_, err = tx.Exec(ctx, `insert into credential (id, organization_id, subject_kind, subject_id, kind, value, label)
		values ($1, $2, $3, $4, 'password', $5, '')`, id.String(), s.Organization, string(s.Kind), s.ID, hash)
	if err != nil {
		return fmt.Errorf("set the password of %s %s: %w", s.Kind, s.ID, err)
	}
	return Enter(ctx, tx, caller)
}

// SetPartnerLoginIn gives a partner a login, and a home of the same name, in place of the one it had. taken: another
// partner has that login.
func (d *Directory) SetPartnerLoginIn(ctx context.Context, tx pgx.Tx, caller Caller, s Subject, login string) (taken bool, err error) {
	if err := EnterSystem(ctx, tx); err != nil {
		return false, err
	}
	if _, err := tx.Exec(ctx, "delete from partner_login where partner_id = $1 and login <> $2", s.ID, login); err != nil {
		return false, err
	}
	tag, err := tx.Exec(ctx, `insert into partner_login (login, organization_id, partner_id, home) values ($1, $2, $3, $1)
		on conflict do nothing`, login, s.Organization, s.ID)
	if err != nil {
		return false, err
	}
	if tag.RowsAffected() == 0 {
		var owner string
		if err := tx.QueryRow(ctx, "select coalesce((select partner_id::text from partner_login where login = $1), '')", login).Scan(&owner); err != nil {
			return false, err
		}
		taken = owner != s.ID
	}
	return taken, Enter(ctx, tx, caller)
}
