package channel_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"filippo.io/age"

	"github.com/hanse-commerce/hanse/internal/point/channel"
	"github.com/hanse-commerce/hanse/internal/secret"
)

// TestKeyIsChanged goes the way of the documentation: a new key above the old one, seal anew, the old one goes.
func TestKeyIsChanged(t *testing.T) {
	h := newHouse(t)
	h.secrets(t)
	file := filepath.Join(h.dir, secret.File)
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(fresh.String()+"\n"+string(old)), 0o600); err != nil {
		t.Fatal(err)
	}
	h.Exec(`insert into channel_secret (id, organization_id, channel_id, name, sealed) values (gen_random_uuid(), $1, $2, 'strange', 'x')`, h.Organization, h.id)
	r, err := channel.Reseal(context.Background(), h.Pool, secret.Load("", h.dir))
	if err != nil || r.Secrets != 2 || !slices.Equal(r.Unreadable, []string{"till: strange"}) {
		t.Errorf("%+v, %v", r, err)
	}
	if err := os.WriteFile(file, []byte(fresh.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := h.pay(h.node(t), attempt(), "tok"); err != nil {
		t.Errorf("with the new key alone: %v", err)
	}
	if _, err := channel.Reseal(context.Background(), h.Pool, secret.Load("nonsense", "")); err == nil {
		t.Error("without a key secrets are sealed anew")
	}
}
