package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Subject is who a credential lets in.
type Subject struct {
	Kind         ActorKind // User, CustomerUser, Partner or APIClient
	ID           string    // UUID
	Organization string    // UUID
}

// Directory knows who may log in and what he may do. It works as the platform, across organizations.
type Directory struct {
	pool      *pgxpool.Pool
	passwords *Passwords
}

// NewDirectory reads and writes logins in a database.
func NewDirectory(pool *pgxpool.Pool) *Directory { return &Directory{pool, NewPasswords()} }

// in runs f in a transaction as the platform.
func (d *Directory) in(ctx context.Context, doing string, f func(tx pgx.Tx) error) error {
	err := pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
		if err := EnterSystem(ctx, tx); err != nil {
			return err
		}
		return f(tx)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// SetPassword gives a subject a password in place of the one he had. ErrPassword: it is too short or too long.
func (d *Directory) SetPassword(ctx context.Context, s Subject, password string) error {
	hash, err := d.passwords.Hash(ctx, password)
	if err != nil {
		return fmt.Errorf("set the password of %s %s: %w", s.Kind, s.ID, err)
	}
	return d.put(ctx, s, "password", hash, "", true)
}

// AddKey lets a partner in by a public key. fingerprint is as OpenSSH shows it, "SHA256:…"; label is for people.
func (d *Directory) AddKey(ctx context.Context, s Subject, fingerprint, label string) error {
	return d.put(ctx, s, "publicKey", fingerprint, label, false)
}

// NewSecret gives an API client a new secret in place of those it had and returns it; it is not kept and cannot be shown
// again.
func (d *Directory) NewSecret(ctx context.Context, s Subject) (string, error) {
	secret := rand.Text() + rand.Text() // 260 bits, so that a plain hash keeps it
	return secret, d.put(ctx, s, "secret", hashSecret(secret), "", true)
}

func (d *Directory) put(ctx context.Context, s Subject, kind, value, label string, instead bool) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make an id: %w", err)
	}
	return d.in(ctx, fmt.Sprintf("set the %s of %s %s", kind, s.Kind, s.ID), func(tx pgx.Tx) error {
		if instead {
			if _, err := tx.Exec(ctx, "delete from credential where subject_id = $1 and kind = $2", s.ID, kind); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `insert into credential (id, organization_id, subject_kind, subject_id, kind, value, label)
			values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`, id.String(), s.Organization, string(s.Kind), s.ID, kind, value, label)
		return err
	})
}

// ErrTaken says that a login belongs to another partner.
var ErrTaken = errors.New("the login belongs to another partner: choose another one")

// SetPartnerLogin gives a partner its name at the SFTP server, in place of the one it had, and the name of its home.
func (d *Directory) SetPartnerLogin(ctx context.Context, s Subject, login, home string) error {
	return d.in(ctx, fmt.Sprintf("set the login of partner %s", s.ID), func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "delete from partner_login where partner_id = $1 and login <> $2", s.ID, login); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `insert into partner_login (login, organization_id, partner_id, home) values ($1, $2, $3, $4)
			on conflict (login) do update set home = excluded.home
			where partner_login.partner_id = excluded.partner_id`, login, s.Organization, s.ID, home)
		if err == nil && tag.RowsAffected() == 0 {
			return ErrTaken
		}
		return err
	})
}

// hashSecret is how a secret of high entropy is kept.
func hashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
