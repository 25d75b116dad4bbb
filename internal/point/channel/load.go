package channel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/sony/gobreaker/v2"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/secret"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// most is how many calls of a channel run at once on a node.
const most = 16

// station is what stays of a channel on this node, whatever becomes of its settings.
type station struct {
	slots    chan struct{}
	health   *health
	refusals seldom
	unit     *unit // of the newest revision that was seen; under the host's lock
}

// unit is one revision of a channel, ready for calls.
type unit struct {
	*station
	id, organization, code, name, kind string
	revision                           int64
	enabled, paused                    bool
	module                             module.Module // nil: there is none of that kind
	settings                           module.Settings
	given                              map[string]string // what the administrator set, without secrets
	set                                map[string]bool   // names of the secrets that are stored
	redactor                           *redactor
	faults                             []string // why it cannot be used, in words
	breaker                            *gobreaker.CircuitBreaker[any]
}

// caller is the host at work for the channel's organization.
func (u *unit) caller() access.Caller { return access.SystemCaller(u.organization, "channel "+u.code) }

// Code of errors that say why a channel was not asked.
const (
	CodeUnknown  = "channel_unknown"  // there is no such channel
	CodeUnusable = "channel_unusable" // it is switched off and begins nothing, or its settings or secrets are wrong
	CodePaused   = "channel_paused"   // an administrator paused it
	CodeOpen     = "channel_open"     // it failed so often in a row that it is left alone for a while
	CodeBusy     = "channel_busy"     // too many calls wait for it
)

func refuse(class module.Class, code, format string, a ...any) *module.Error {
	return &module.Error{Class: class, Code: code, Detail: fmt.Sprintf(format, a...)}
}

// find gives the newest revision of a channel. Where it is known already that costs one look by primary key.
func (h *Host) find(ctx context.Context, id string) (*unit, error) {
	var revision int64
	err := h.DB.QueryRow(ctx, "select revision from channel where id = $1", id).Scan(&revision)
	if errors.Is(err, pgx.ErrNoRows) {
		h.forget(id)
		return nil, refuse(module.Invalid, CodeUnknown, "There is no channel %s any more.", id)
	}
	if err != nil {
		return nil, fmt.Errorf("look at channel %s: %w", id, err)
	}
	return h.at(ctx, id, revision)
}

// at gives a channel of at least that revision, which was seen just now.
func (h *Host) at(ctx context.Context, id string, revision int64) (*unit, error) {
	h.mu.Lock()
	s := h.stations[id]
	var known *unit
	if s != nil {
		known = s.unit
	}
	h.mu.Unlock()
	if known != nil && known.revision >= revision {
		return known, nil
	}
	return h.load(ctx, id)
}

// Usable tells whether calls of a channel, seen at a revision just now, can be made on this node: whether its module is there
// and its settings and secrets can be read. One that it cannot look at counts as usable; the call will tell.
func (h *Host) Usable(ctx context.Context, id string, revision int64) bool {
	u, err := h.at(ctx, id, revision)
	return err != nil || len(u.faults) == 0
}

func (h *Host) forget(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.stations, id)
}

const loadSQL = `select c.organization_id::text, c.code, c.name, c.kind, c.enabled, c.paused_at is not null, c.revision,
  coalesce(c.settings, '{}'), (select jsonb_object_agg(s.name, encode(s.sealed, 'base64')) from channel_secret s where s.channel_id = c.id)
from channel c where c.id = $1`

// load reads a channel with its secrets and keeps it as the newest.
func (h *Host) load(ctx context.Context, id string) (*unit, error) {
	u := &unit{id: id}
	var settings []byte
	var sealed map[string][]byte
	err := pgx.BeginFunc(ctx, h.DB, func(tx pgx.Tx) error {
		if err := access.EnterSystem(ctx, tx); err != nil {
			return err
		}
		return tx.QueryRow(ctx, loadSQL, id).Scan(&u.organization, &u.code, &u.name, &u.kind, &u.enabled, &u.paused, &u.revision,
			&settings, &sealed)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, refuse(module.Invalid, CodeUnknown, "There is no channel %s any more.", id)
	}
	if err != nil {
		return nil, fmt.Errorf("load channel %s: %w", id, err)
	}
	h.fit(u, settings, sealed)
	return h.keep(u), nil
}

// fit gives a unit its module, settings and secrets, and notes all that is wrong with them.
func (h *Host) fit(u *unit, text []byte, sealed map[string][]byte) {
	fault := func(format string, a ...any) { u.faults = append(u.faults, fmt.Sprintf(format, a...)) }
	u.set, u.redactor = map[string]bool{}, newRedactor(nil)
	for name := range sealed {
		u.set[name] = true
	}
	m, ok := h.Registry.Get(u.kind)
	if !ok {
		fault("There is no module %q in this build.", u.kind)
		return
	}
	u.module = m
	values := map[string]any{}
	if d := json.NewDecoder(strings.NewReader(string(text))); true {
		d.UseNumber()
		if err := d.Decode(&values); err != nil {
			fault("The settings are no JSON object.")
		}
	}
	u.given = given(m.Info().Settings, values)
	var secrets []string
	for _, f := range m.Info().Settings {
		if !f.Secret {
			continue
		}
		delete(values, f.Name) // a secret among the settings is refused on writing; one that is there all the same is not used
		if sealed[f.Name] == nil {
			continue
		}
		value, err := h.Keys.Open(secret.Place{Organization: u.organization, Record: u.id, Field: f.Name}, sealed[f.Name])
		if err != nil {
			fault("The secret %s cannot be read: %s. Set it again by the command setSecret, or give the node the key it was sealed with.", f.Name, err)
			continue
		}
		values[f.Name], secrets = value, append(secrets, value)
	}
	parsed, faults := module.CheckSettings(m.Info().Settings, values)
	for _, f := range faults {
		if u.set[f.Name] && f.Code == module.SettingRequired {
			continue // it is there, and told already that it cannot be read
		}
		fault("%s", f.Detail)
	}
	u.settings, u.redactor = parsed, newRedactor(secrets)
}

// given is the canonical text of what is set and no secret.
func given(declared resource.Fields, values map[string]any) map[string]string {
	all := map[string]string{}
	for _, f := range declared {
		if v := values[f.Name]; v != nil && !f.Secret {
			if text, err := f.Kind.Parse(v); err == nil {
				all[f.Name] = text
			}
		}
	}
	return all
}

// keep makes a unit the newest of its station, unless a newer one was loaded meanwhile.
func (h *Host) keep(u *unit) *unit {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.stations[u.id]
	if s == nil {
		s = &station{slots: make(chan struct{}, most)}
		s.health = newHealth(h, u.id)
		h.stations[u.id] = s
	}
	if s.unit != nil && s.unit.revision >= u.revision {
		return s.unit
	}
	u.station, u.breaker = s, h.newBreaker(u)
	s.unit = u
	return u
}

// usable says why a channel cannot be asked, nil if it can. It may be tried out before it is enabled and while it rests. One that
// was switched off begins nothing, and goes on with what it began.
func (u *unit) usable(w call) error {
	switch {
	case !u.enabled && !w.trial && !w.begun:
		return refuse(module.Invalid, CodeUnusable, "The channel %s is not enabled.", u.code)
	case len(u.faults) > 0:
		return refuse(module.Unauthorized, CodeUnusable, "The channel %s cannot be used. %s", u.code, strings.Join(u.faults, " "))
	case u.paused && !w.trial:
		return &module.Error{Class: module.Intermittent, Code: CodePaused, RetryAfter: time.Minute,
			Detail: fmt.Sprintf("The channel %s is paused; the command resume lets it go on.", u.code)}
	}
	return nil
}
