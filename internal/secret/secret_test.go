package secret_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"filippo.io/age"

	"github.com/hanse-commerce/hanse/internal/secret"
)

var place = secret.Place{Organization: "o", Record: "r", Field: "key"}

func seal(t *testing.T, k *secret.Keyring, value string) []byte {
	t.Helper()
	sealed, err := k.Seal(place, value)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestSealedOpensInItsPlaceOnly(t *testing.T) {
	k := secret.Load("", t.TempDir())
	for _, value := range []string{"", "geheim", strings.Repeat("ü", 5000)} {
		sealed := seal(t, k, value)
		if bytes.Contains(sealed, []byte("geheim")) || bytes.Equal(sealed, seal(t, k, value)) {
			t.Error("what is sealed shows through")
		}
		if got, err := k.Open(place, sealed); err != nil || got != value {
			t.Errorf("%q, %v", got, err)
		}
		for _, elsewhere := range []secret.Place{{"x", "r", "key"}, {"o", "x", "key"}, {"o", "r", "x"}} {
			if got, err := k.Open(elsewhere, sealed); !errors.Is(err, secret.ErrBroken) || got != "" {
				t.Errorf("moved to %v it gives %q, %v", elsewhere, got, err)
			}
		}
		sealed[len(sealed)-1] ^= 1
		if _, err := k.Open(place, sealed); !errors.Is(err, secret.ErrBroken) {
			t.Errorf("changed: %v", err)
		}
	}
}

func TestKeyFileIsMadeOnce(t *testing.T) {
	dir := t.TempDir()
	var rings [8]*secret.Keyring
	var wg sync.WaitGroup
	for i := range rings { // nodes that start at once on one folder
		wg.Go(func() { rings[i] = secret.Load("", dir) })
	}
	wg.Wait()
	sealed := seal(t, rings[0], "geheim")
	for _, k := range rings {
		if got, err := k.Open(place, sealed); err != nil || got != "geheim" {
			t.Errorf("%q, %v", got, err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
	info, err := os.Stat(filepath.Join(dir, secret.File))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestNewKeySealsAndOldOneOpens(t *testing.T) {
	before, after := newKey(t), newKey(t)
	sealed := seal(t, secret.Load(before, ""), "geheim")
	rotated := secret.Load(after+"\n# the old one\n"+before, "")
	if got, err := rotated.Open(place, sealed); err != nil || got != "geheim" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := secret.Load(before, "").Open(place, seal(t, rotated, "x")); !errors.Is(err, secret.ErrOtherKey) {
		t.Errorf("the old key alone: %v", err)
	}
}

func newKey(t *testing.T) string {
	t.Helper()
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return key.String()
}

func TestNoKeyIsNoPanic(t *testing.T) {
	dir := t.TempDir()
	open := filepath.Join(dir, "open")
	broken := filepath.Join(dir, "broken")
	for folder, mode := range map[string]os.FileMode{open: 0o644, broken: 0o600} {
		text := map[string]string{open: newKey(t), broken: "AGE-SECRET-KEY-1NONSENSE"}[folder]
		if err := errors.Join(os.Mkdir(folder, 0o700), os.WriteFile(filepath.Join(folder, secret.File), []byte(text), mode)); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		ring *secret.Keyring
		says string
	}{
		"readable by all": {secret.Load("", open), "chmod 600"},
		"damaged":         {secret.Load("", broken), "key 1 is not of the form"},
		"no folder":       {secret.Load("", filepath.Join(dir, "missing")), "making the key"},
		"wrong setting":   {secret.Load("geheim", ""), "HANSE_SECRET_KEY"},
		"empty setting":   {secret.Load(" ", ""), "has no key"},
	} {
		fault := c.ring.Fault()
		if fault == nil || !strings.Contains(fault.Error(), c.says) || strings.Contains(fault.Error(), "NONSENSE") || strings.Contains(fault.Error(), "geheim") {
			t.Errorf("%s: %v", name, fault)
		}
		if _, err := c.ring.Seal(place, "x"); !errors.Is(err, secret.ErrNoKey) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := c.ring.Open(place, []byte("x")); !errors.Is(err, secret.ErrNoKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	k := secret.Load("", f.TempDir())
	sealed, err := k.Seal(place, "geheim")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add([]byte("age-encryption.org/v1\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if got, err := k.Open(place, text); err == nil && got != "geheim" {
			t.Errorf("%q opens to %q", text, got)
		}
	})
}
