package access

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// ErrLogin is the answer to an unknown or disabled subject and to a wrong password, key or secret: they are not told apart.
var ErrLogin = errors.New("the login is not known, or the password is wrong")

// query runs one statement as the platform, in one round trip.
func query[T any](ctx context.Context, d *Directory, sql string, scan pgx.RowToFunc[T], args ...any) ([]T, error) {
	b := &pgx.Batch{}
	b.Queue(enterSystem)
	b.Queue(sql, args...)
	results := d.pool.SendBatch(ctx, b)
	defer func() { _ = results.Close() }()
	if _, err := results.Exec(); err != nil {
		return nil, err
	}
	rows, err := results.Query()
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scan)
}

const (
	userLoginSQL = `select u.id, c.value from user_account u join credential c on c.subject_id = u.id and c.kind = 'password'
where u.email = $1 and ($2 = '' or u.organization_id = nullif($2, '')::uuid) and u.status = 'enabled' order by u.id limit 5`
	buyerLoginSQL = `select u.id, c.value from customer_user u join customer k on k.id = u.customer_id
join credential c on c.subject_id = u.id and c.kind = 'password'
where u.email = $1 and u.organization_id = $2::uuid and u.status = 'enabled' and k.status = 'enabled'`
)

type candidate struct{ ID, Hash string }

// LoginUser checks a staff member's e-mail address and password and gives his id. organization may be empty: the address
// is then looked for in each. ErrLogin says no more than no.
func (d *Directory) LoginUser(ctx context.Context, organization, email, password string) (string, error) {
	return d.login(ctx, userLoginSQL, organization, email, password)
}

// LoginBuyer checks the e-mail address and password of a customer's user and gives his id.
func (d *Directory) LoginBuyer(ctx context.Context, organization, email, password string) (string, error) {
	return d.login(ctx, buyerLoginSQL, organization, email, password)
}

func (d *Directory) login(ctx context.Context, sql, organization, email, password string) (string, error) {
	candidates, err := query(ctx, d, sql, pgx.RowToStructByPos[candidate], strings.ToLower(strings.TrimSpace(email)), organization)
	if err != nil {
		return "", fmt.Errorf("look up a login: %w", err)
	}
	if len(candidates) == 0 {
		candidates = []candidate{{}}
	}
	for _, c := range candidates {
		ok, err := d.passwords.Verify(ctx, c.Hash, password)
		if err != nil {
			return "", err
		}
		if ok {
			return c.ID, nil
		}
	}
	return "", ErrLogin
}

// PartnerLogin is a partner that has shown who it is.
type PartnerLogin struct {
	ID, Organization string // UUIDs
	Code             string // natural key
	Login            string
	Home             string // name of its home
	Networks         Networks
}

const partnerLoginSQL = `select p.id, p.organization_id, p.code, l.login, l.home, p.allowlist, coalesce(c.value, '')
from partner_login l join partner p on p.id = l.partner_id and p.status = 'enabled'
left join credential c on c.subject_id = p.id and c.kind = $2 and ($3 = '' or c.value = $3)
where l.login = $1`

// PartnerByPassword checks a partner's login and password. Where it may come from is for the caller to check.
func (d *Directory) PartnerByPassword(ctx context.Context, login, password string) (PartnerLogin, error) {
	p, hash, err := d.partner(ctx, login, "password", "")
	if err != nil && !errors.Is(err, ErrLogin) {
		return PartnerLogin{}, err
	}
	ok, verifyErr := d.passwords.Verify(ctx, hash, password)
	if verifyErr != nil {
		return PartnerLogin{}, verifyErr
	}
	if err != nil || !ok {
		return PartnerLogin{}, ErrLogin
	}
	return p, nil
}

// PartnerByKey finds the partner of that login that has the key, "SHA256:…"; that the client owns the key is for the
// caller to check.
func (d *Directory) PartnerByKey(ctx context.Context, login, fingerprint string) (PartnerLogin, error) {
	p, value, err := d.partner(ctx, login, "publicKey", fingerprint)
	if err != nil {
		return PartnerLogin{}, err
	}
	if fingerprint == "" || subtle.ConstantTimeCompare([]byte(value), []byte(fingerprint)) != 1 {
		return PartnerLogin{}, ErrLogin
	}
	return p, nil
}

func (d *Directory) partner(ctx context.Context, login, kind, value string) (p PartnerLogin, stored string, err error) {
	var allowlist json.RawMessage
	scan := func(row pgx.CollectableRow) (PartnerLogin, error) {
		err := row.Scan(&p.ID, &p.Organization, &p.Code, &p.Login, &p.Home, &allowlist, &stored)
		return p, err
	}
	found, err := query(ctx, d, partnerLoginSQL, scan, login, kind, value)
	if err != nil {
		return p, "", fmt.Errorf("look up the partner %.64q: %w", login, err)
	}
	if len(found) == 0 {
		return p, "", ErrLogin
	}
	p.Networks, err = ParseNetworks(allowlist)
	return p, stored, err
}
