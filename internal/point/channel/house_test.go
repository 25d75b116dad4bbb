package channel_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/blob"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/point/channel"
	"github.com/hanse-commerce/hanse/internal/secret"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
	"github.com/hanse-commerce/hanse/resource"
)

// house is an organization with a channel of the module "till", which speaks to a server on loopback.
type house struct {
	*commercetest.House
	registry *module.Registry
	dir      string // data folder of the node
	blobDir  string
	blobs    *blob.Folder
	host     *channel.Host
	commands *command.Runner
	till     *till
	id       string // of the channel
	log      *text
}

// text is a log that may be written from several goroutines.
type text struct {
	mu   sync.Mutex
	said []byte
}

func (t *text) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.said = append(t.said, p...)
	return len(p), nil
}

func (t *text) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.said)
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{registry: &module.Registry{}, dir: t.TempDir(), till: newTill(t), log: &text{}}
	if err := h.registry.Add(tillModule{}); err != nil {
		t.Fatal(err)
	}
	definitions := [][]resource.Definition{exchange.Resources(), access.Resources(), channel.Resources(h.registry)}
	h.House = commercetest.NewWith(t, commercetest.Sources(), definitions...)
	h.blobDir = t.TempDir()
	blobs, err := blob.OpenFolder(h.blobDir)
	if err != nil {
		t.Fatal(err)
	}
	h.blobs = blobs
	h.host = h.node(t)
	h.commands = h.runner(t, h.host)
	settings, _ := json.Marshal(map[string]any{"base": h.till.URL})
	h.id = h.Insert("channel", map[string]any{"code": "till", "name": "Till", "kind": "till", "settings": string(settings)})
	return h
}

// node is one more process on the database and the data folder.
func (h *house) node(t testing.TB) *channel.Host {
	t.Helper()
	host := channel.New(channel.Options{DB: h.Pool, Registry: h.registry, Keys: secret.Load("", h.dir), Blobs: h.blobs,
		PublicURL: "https://shop.example", Log: slog.New(slog.NewTextHandler(h.log, nil))})
	t.Cleanup(func() { h.close(t, host) })
	return host
}

func (h *house) close(t testing.TB, host *channel.Host) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	if err := host.Close(ctx); err != nil {
		t.Error(err)
	}
}

// runner runs the commands of channels; what other areas define is bound to nothing.
func (h *house) runner(t testing.TB, host *channel.Host) *command.Runner {
	t.Helper()
	bindings := channel.Bindings(host)
	bound := map[string]bool{}
	for _, b := range bindings {
		bound[b.On+"/"+b.Name] = true
	}
	for _, c := range h.Schema.Commands() {
		if !bound[c.Path()] {
			bindings = append(bindings, command.Binding{On: c.On, Name: c.Name,
				Run: func(context.Context, pgx.Tx, *command.Call) (string, error) {
					return "", errors.New("not part of this test")
				}})
		}
	}
	runner, err := command.NewRunner(h.Pool, h.Store, bindings)
	if err != nil {
		t.Fatal(err)
	}
	return runner
}

// do runs a command of the channel.
func (h *house) do(t testing.TB, runner *command.Runner, name string, input map[string]any) error {
	t.Helper()
	c, ok := h.Schema.Command("channels", name)
	if !ok {
		t.Fatalf("there is no command %q", name)
	}
	_, _, err := runner.Run(context.Background(), h.Caller, c, resource.Ref{ID: h.id}, input, "")
	return err
}

// secrets gives the channel both of its secrets.
func (h *house) secrets(t testing.TB) {
	t.Helper()
	for name, value := range map[string]string{"secretKey": secretKey, "webhookSecret": hookSecret} {
		if err := h.do(t, h.commands, "setSecret", map[string]any{"name": name, "value": value}); err != nil {
			t.Fatal(err)
		}
	}
}

// pay asks a host to authorize ten euros.
func (h *house) pay(host *channel.Host, attempt, token string) (*module.PaymentState, error) {
	amount, _ := money.Parse("10.00", "EUR")
	return host.Pay(context.Background(), h.Organization, h.id, module.PaymentRequest{Action: module.Authorize, Attempt: attempt,
		Amount: amount, Token: token, Order: module.PaymentOrder{ID: "0190a000-0000-7000-8000-0000000000aa"}})
}

// eventually waits until something is so.
func eventually(t testing.TB, what string, so func() bool) {
	t.Helper()
	until := time.Now().Add(deadline)
	for tick := time.NewTicker(10 * time.Millisecond); !so(); <-tick.C {
		if time.Now().After(until) {
			t.Fatalf("it never came to be that %s", what)
		}
	}
}
