package access_test

import (
	"testing"

	"github.com/hanse-commerce/hanse/internal/access"
)

func FuzzParseNetworks(f *testing.F) {
	for _, seed := range []string{`["192.0.2.0/24"]`, `["::1"]`, `["fe80::1%eth0"]`, `[""]`, `null`, ``} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		networks, err := access.ParseNetworks(text)
		for _, n := range networks {
			if err == nil && (!n.IsValid() || !networks.Allow(n.Addr())) {
				t.Errorf("%q gives %s, which does not hold itself", text, n)
			}
		}
	})
}

// Whatever a role says, a caller who may only read may do nothing else.
func FuzzPermissions(f *testing.F) {
	for _, seed := range []string{access.AllPermissions, `{"orders":{"read":"own","hide":["x"]}}`, `{"a":{"":"global"}}`, `null`} {
		f.Add([]byte(seed), "orders", "update")
	}
	f.Fuzz(func(t *testing.T, text []byte, resource, action string) {
		g := access.NewGrants()
		if g.Merge(text) != nil {
			return
		}
		narrow := g.ReadOnly()
		if action != string(access.Read) && action != "*" && narrow.Level(resource, access.Action(action)) != access.None {
			t.Errorf("%q lets %s be done to %s", text, action, resource)
		}
		if narrow.Level(resource, access.Read) != g.Level(resource, access.Read) {
			t.Errorf("%q: reading %s differs", text, resource)
		}
	})
}
