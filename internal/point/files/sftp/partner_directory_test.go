package sftp_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/google/uuid"
	"golang.org/x/crypto/ssh"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/point/files/sftp"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
)

func TestPartnersOfTheDatabase(t *testing.T) {
	ctx := context.Background()
	pool := postgrestest.Pool(t, access.Migrations(), change.Migrations(), exchange.Migrations())
	id, organization := uuid.Must(uuid.NewV7()), uuid.NewString()
	if _, err := pool.Exec(ctx, `insert into partner (id, organization_id, code, name, allowlist) values ($1, $2, 'SAP', 'SAP', '["192.0.2.0/24"]')`,
		id.String(), organization); err != nil {
		t.Fatal(err)
	}
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	directory := access.NewDirectory(pool)
	subject := access.Subject{Kind: access.Partner, ID: id.String(), Organization: organization}
	for _, err := range []error{directory.SetPartnerLogin(ctx, subject, "sap", "sap-home"), directory.SetPassword(ctx, subject, "correct horse"),
		directory.AddKey(ctx, subject, ssh.FingerprintSHA256(key), "middleware")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	partners := sftp.Partners(directory)
	for how, login := range map[string]func() (*sftp.Partner, error){
		"password": func() (*sftp.Partner, error) { return partners.Password(ctx, "sap", "correct horse", nil) },
		"key":      func() (*sftp.Partner, error) { return partners.Key(ctx, "sap", key, nil) },
	} {
		p, err := login()
		if err != nil || p.ID != id || p.Code != "SAP" || p.User != "sap" || p.Home != "sap-home" || len(p.Allowed) != 1 {
			t.Errorf("by %s: %+v, %v", how, p, err)
		}
	}
	if _, err := partners.Password(ctx, "sap", "wrong", nil); !errors.Is(err, sftp.ErrLogin) {
		t.Errorf("wrong password: %v", err)
	}
	if _, err := partners.Key(ctx, "other", key, nil); !errors.Is(err, sftp.ErrLogin) {
		t.Errorf("another's key: %v", err)
	}
}
