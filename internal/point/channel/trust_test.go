package channel_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// hidden are the texts that must be found nowhere, in the forms that they travel in.
func hidden() []string {
	quoted, _ := json.Marshal(secretKey)
	return []string{secretKey, strings.Trim(string(quoted), `"`), url.QueryEscape(secretKey), hookSecret, cardNumber, cardInParts,
		strings.ReplaceAll(cardInParts, " ", ""), strings.ReplaceAll(cardInParts, " ", "+"), "pay_1_secret_Zoll", "cvc%5D=987"}
}

// TestSecretsAndCardsAreFoundNowhere lets a careless module do all it can with secrets and card numbers, and looks for them
// wherever anything is kept.
func TestSecretsAndCardsAreFoundNowhere(t *testing.T) {
	h := newHouse(t)
	h.secrets(t)
	said := h.misbehave(t)
	h.close(t, h.host)
	if found := postgrestest.Holding(t, h.Pool, hidden()...); len(found) > 0 {
		t.Errorf("the database holds a secret: %v", found)
	}
	kept := 0
	for name, content := range h.contents(t) {
		kept++
		for _, text := range hidden() {
			if bytes.Contains(content, []byte(text)) {
				t.Errorf("content %s holds %q:\n%s", name, text, content)
			}
		}
	}
	if kept < 8 {
		t.Errorf("only %d contents are kept", kept)
	}
	page := httptest.NewRecorder()
	h.host.Metrics.Handler().ServeHTTP(page, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if !strings.Contains(page.Body.String(), `hanse_channel_calls_total{channel="till",kind="till",operation="authorize"`) {
		t.Error("the figures do not tell of the calls")
	}
	overview, err := h.host.Overview(context.Background(), h.Caller)
	if err != nil {
		t.Error(err)
	}
	form, found, err := h.host.Form(context.Background(), h.Caller, h.id)
	if err != nil || !found {
		t.Errorf("%v, %v", found, err)
	}
	attributes := h.Get(h.Caller, "channels", h.id)
	for where, all := range map[string]string{"the log": h.log.String(), "an error": strings.Join(said, "\n"), "the metrics": page.Body.String(),
		"the overview": fmt.Sprintf("%+v", overview), "the form": fmt.Sprintf("%+v", form), "the API": fmt.Sprint(attributes)} {
		for _, text := range hidden() {
			if strings.Contains(all, text) {
				t.Errorf("%s holds %q:\n%s", where, text, all)
			}
		}
	}
}

// misbehave makes calls of all kinds, good and bad, and gives the errors' texts.
func (h *house) misbehave(t *testing.T) (said []string) {
	t.Helper()
	say := func(err error) {
		if err != nil {
			said = append(said, err.Error())
		}
	}
	for _, token := range []string{cardNumber, cardInParts, "panic"} {
		s, err := h.pay(h.host, attempt(), token)
		say(err)
		if s != nil {
			said = append(said, s.Message)
		}
	}
	for _, status := range []int{401, 402} {
		h.till.script(answer{status: status})
		_, err := h.pay(h.host, attempt(), cardNumber)
		say(err)
	}
	for range 2 {
		h.till.script(answer{status: 0})
	}
	_, err := h.pay(h.host, attempt(), cardNumber)
	say(err)
	h.Exec(`update channel set settings = settings || '{"floor": 2}', revision = revision + 1 where id = $1`, h.id)
	say(h.do(t, h.commands, "test", nil))
	say(h.do(t, h.commands, "setSecret", map[string]any{"name": "secretKey", "value": secretKey, "more": secretKey}))
	say(h.do(t, h.commands, "setSecret", map[string]any{"name": secretKey, "value": secretKey}))
	say(h.do(t, h.commands, "setSecret", map[string]any{"name": "secretKey", "value": []any{secretKey}}))
	for _, signature := range []string{hookSecret, "forged"} {
		h.hook(signature, `{"id":"evt_1","type":"paid","card":"`+cardNumber+`","key":"`+hookSecret+`","client_secret":"pay_1_secret_Zoll"}`)
	}
	h.till.Close()
	_, err = h.host.Look(context.Background(), h.Organization, h.id, module.PaymentLookup{Attempt: attempt()})
	say(err)
	return said
}

// hook sends a message to the channel and gives status and text of the answer.
func (h *house) hook(signature, body string) (int, string) {
	r := httptest.NewRequest(http.MethodPost, "/hooks/"+h.id, strings.NewReader(body))
	r.Header.Set("Signature", signature)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.host.Hooks().ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// contents are all that the blob store keeps.
func (h *house) contents(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := filepath.WalkDir(h.blobDir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		all[d.Name()], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestSecretAmongSettingsIsRefused: settings are shown, logged and kept in history.
func TestSecretAmongSettingsIsRefused(t *testing.T) {
	h := newHouse(t)
	faults := h.write(t, `{"base":"http://till.example","secretKey":"`+hookSecret+`","floor":"ground","flor":1}`)
	for _, want := range []string{"settings/secretKey secret_setting", "setSecret", "settings/floor invalid_setting", "settings/flor unknown_setting"} {
		if !strings.Contains(faults, want) {
			t.Errorf("%q does not say %q", faults, want)
		}
	}
	if strings.Contains(faults, hookSecret) {
		t.Errorf("the refusal shows the secret: %s", faults)
	}
	if faults := h.write(t, `{}`); !strings.Contains(faults, "settings/base required") || strings.Contains(faults, "secretKey") {
		t.Errorf("without settings: %q", faults)
	}
	if faults := h.write(t, `{"base":"http://till.example"}`); faults != "" {
		t.Errorf("good settings: %s", faults)
	}
	if found := postgrestest.Holding(t, h.Pool, hookSecret); len(found) > 0 {
		t.Errorf("the database holds a refused secret: %v", found)
	}
}

func TestOverviewIsForWhoMayReadChannels(t *testing.T) {
	h := newHouse(t)
	for name, caller := range map[string]access.Caller{"a buyer": {Side: access.Storefront, Organization: h.Organization},
		"staff without a role": {Side: access.Admin, Organization: h.Organization, Grants: access.NewGrants()}} {
		if all, err := h.host.Overview(context.Background(), caller); err == nil {
			t.Errorf("%s sees %v", name, all)
		}
	}
	all, err := h.host.Overview(context.Background(), h.Caller)
	if err != nil || len(all) != 2 || all[1].Works() != "broken" || all[1].WebhookURL != "https://shop.example/hooks/"+h.id {
		t.Errorf("%+v, %v", all, err)
	}
	stranger := access.SystemCaller("0190a000-0000-7000-8000-0000000000ff", "test")
	if all, err := h.host.Overview(context.Background(), stranger); err != nil || len(all) != 0 {
		t.Errorf("another organization sees %+v, %v", all, err)
	}
}

// write gives the channel other settings and tells what is wrong with them.
func (h *house) write(t *testing.T, settings string) string {
	t.Helper()
	c := h.Write(h.Caller, record.Update, "channels", resource.Ref{ID: h.id}, "settings", settings)
	var all []string
	for _, f := range c.Faults {
		all = append(all, f.Field+" "+f.Code+": "+f.Detail)
	}
	return strings.Join(all, "; ")
}
