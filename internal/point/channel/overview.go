package channel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// ErrForbidden says that the caller may not see channels.
var ErrForbidden = errors.New("the permission to read channels is missing")

// Status is how a channel fares, for a screen.
type Status struct {
	ID, Code, Name, Kind string
	Title                string   // of the module; "" if it is not in this build
	Abilities            []string // as module.Abilities
	Partner              string   // UUID or ""
	Enabled              bool
	Paused               time.Time // zero: it does not rest
	Faults               []string  // why it cannot be used, in words
	Breaker              string    // on this node: "closed", "half-open", "open"
	LastSuccess          time.Time
	LastFailure          time.Time
	Failure              string // how the last failure went
	OpenErrors           int    // failures in a row
	Latency              time.Duration
	Checks               []Checked
	CheckedAt            time.Time
	WebhookURL           string   // "" if the module takes no messages
	Websites             []string // UUIDs; none is all

	revision int64
}

// Works tells in one word: off, paused, broken (settings), failing or ok; unused if it was never called.
func (s *Status) Works() string {
	switch {
	case !s.Enabled:
		return "off"
	case len(s.Faults) > 0:
		return "broken"
	case !s.Paused.IsZero():
		return "paused"
	case s.OpenErrors > 0:
		return "failing"
	case s.LastSuccess.IsZero():
		return "unused"
	}
	return "ok"
}

// Overview is how all channels of the caller's organization fare, by position and code.
func (h *Host) Overview(ctx context.Context, caller access.Caller) ([]Status, error) {
	return h.statuses(ctx, caller, "")
}

// Status is how one channel fares; found is false if the caller has none of that id.
func (h *Host) Status(ctx context.Context, caller access.Caller, channelID string) (s Status, found bool, err error) {
	all, err := h.statuses(ctx, caller, channelID)
	if err != nil || len(all) == 0 {
		return Status{}, false, err
	}
	return all[0], true, nil
}

const statusSQL = `select c.id::text, c.code, c.name, c.kind, coalesce(c.partner_id::text, ''), c.enabled, c.paused_at, c.last_success_at,
  c.last_failure_at, coalesce(c.last_failure, ''), c.open_errors, coalesce(c.latency, 0)::float8, c.checks, c.checked_at,
  coalesce((select array_agg(w.website_id::text) from channel_website w where w.channel_id = c.id), '{}'), c.revision
from channel c where c.organization_id = $1 and ($2 = '' or c.id = nullif($2, '')::uuid) order by c.position, c.code`

func (h *Host) statuses(ctx context.Context, caller access.Caller, only string) (all []Status, err error) {
	if caller.Side != access.Admin || caller.Grants != nil && caller.Grants.Level("channels", access.Read) == access.None {
		return nil, ErrForbidden
	}
	err = pgx.BeginFunc(ctx, h.DB, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, statusSQL, caller.Organization, only)
		if err != nil {
			return err
		}
		all, err = pgx.CollectRows(rows, scanStatus)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look at the channels: %w", err)
	}
	for i := range all {
		if err := h.complete(ctx, &all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func scanStatus(row pgx.CollectableRow) (s Status, err error) {
	var paused, success, failure, checked *time.Time
	var latency float64
	var checks []byte
	err = row.Scan(&s.ID, &s.Code, &s.Name, &s.Kind, &s.Partner, &s.Enabled, &paused, &success, &failure, &s.Failure, &s.OpenErrors, &latency,
		&checks, &checked, &s.Websites, &s.revision)
	if err != nil {
		return s, err
	}
	for into, from := range map[*time.Time]*time.Time{&s.Paused: paused, &s.LastSuccess: success, &s.LastFailure: failure, &s.CheckedAt: checked} {
		if from != nil {
			*into = *from
		}
	}
	s.Latency = time.Duration(latency * float64(time.Millisecond))
	if len(checks) > 0 {
		_ = json.Unmarshal(checks, &s.Checks) // what is not a list of checks is shown as none
	}
	return s, nil
}

// complete adds what the host knows of a channel. A channel that is gone meanwhile stays as it is.
func (h *Host) complete(ctx context.Context, s *Status) error {
	u, err := h.at(ctx, s.ID, s.revision)
	var gone *module.Error
	if errors.As(err, &gone) {
		return nil
	}
	if err != nil {
		return err
	}
	s.Faults, s.Breaker = u.faults, u.breaker.State().String()
	if u.module == nil {
		return nil
	}
	s.Title, s.Abilities = u.module.Info().Title, module.Abilities(u.module)
	if slices.Contains(s.Abilities, "webhook") {
		s.WebhookURL = (&module.Channel{ID: u.id, PublicURL: h.PublicURL}).WebhookURL()
	}
	return nil
}

// Secret is a secret setting as a form shows it: never its value.
type Secret struct {
	Field    resource.Field
	Set      bool
	Readable bool // this node has the key
}

// Form is what a screen needs to configure a channel.
type Form struct {
	Status   Status
	Info     module.Info
	Settings map[string]string // canonical text of what is set, without secrets and defaults
	Secrets  []Secret
}

// Form gives the form of a channel; found is false if there is none, or none of its module in this build.
func (h *Host) Form(ctx context.Context, caller access.Caller, channelID string) (f Form, found bool, err error) {
	if f.Status, found, err = h.Status(ctx, caller, channelID); err != nil || !found {
		return Form{}, false, err
	}
	u, err := h.at(ctx, channelID, f.Status.revision)
	if err != nil || u.module == nil {
		return f, false, err
	}
	f.Info, f.Settings = u.module.Info(), maps.Clone(u.given)
	for _, field := range f.Info.Settings {
		if field.Secret {
			_, readable := u.settings[field.Name]
			f.Secrets = append(f.Secrets, Secret{Field: field, Set: u.set[field.Name], Readable: readable})
		}
	}
	return f, true, nil
}

// Kinds are the modules that a channel can be made of.
func (h *Host) Kinds() (all []module.Info) {
	for _, m := range h.Registry.All() {
		all = append(all, m.Info())
	}
	return all
}
