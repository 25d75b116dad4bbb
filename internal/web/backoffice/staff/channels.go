package staff

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/point/channel"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/backoffice"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/resource"
)

// channels shows the configured modules by what their host knows.
type channels struct{ *Staff }

// Channels implements backoffice.Channels.
func (c channels) Channels(ctx context.Context) ([]backoffice.Channel, error) {
	all, err := c.Hosts.Overview(ctx, callerOf(ctx))
	if errors.Is(err, channel.ErrForbidden) {
		return nil, backoffice.ErrNotFound
	}
	shown := make([]backoffice.Channel, len(all))
	for i := range all {
		shown[i] = shownChannel(&all[i])
	}
	return shown, err
}

func shownChannel(s *channel.Status) backoffice.Channel {
	v := backoffice.Channel{ID: s.ID, Code: s.Code, Name: s.Name, Title: s.Title, Abilities: s.Abilities, State: s.Works(), Faults: s.Faults,
		Breaker: s.Breaker, LastSuccess: s.LastSuccess, LastFailure: s.LastFailure, Failure: s.Failure, OpenErrors: s.OpenErrors, Latency: s.Latency,
		CheckedAt: s.CheckedAt, WebhookURL: s.WebhookURL}
	for _, k := range s.Checks {
		check := backoffice.ChannelCheck{Name: k.Name, State: "failed", Detail: k.Detail, Skipped: k.Skipped, Took: time.Duration(k.Took * float64(time.Millisecond))}
		switch {
		case k.OK:
			check.State = "done"
		case k.Skipped:
			check.State = "waiting"
		}
		v.Checks = append(v.Checks, check)
	}
	return v
}

const channelLogSQL = `SELECT e.id::text, e.name, coalesce(e.kind, ''), e.direction, coalesce(p.name, $3), e.status, e.created_at,
  e.read, e.created, e.updated, e.unchanged, e.failed, e.warnings
FROM exchange e LEFT JOIN partner p ON p.id = e.partner_id WHERE e.organization_id = $1 AND e.channel_id = $2::uuid ORDER BY e.id DESC LIMIT 30`

// Channel implements backoffice.Channels.
func (c channels) Channel(ctx context.Context, id string) (backoffice.Channel, error) {
	caller := callerOf(ctx)
	if _, ok := resource.ParseUUID(id); !ok {
		return backoffice.Channel{}, backoffice.ErrNotFound
	}
	s, found, err := c.Hosts.Status(ctx, caller, id)
	if errors.Is(err, channel.ErrForbidden) || err == nil && !found {
		return backoffice.Channel{}, backoffice.ErrNotFound
	}
	if err != nil {
		return backoffice.Channel{}, err
	}
	v := shownChannel(&s)
	if !mayRead(caller, "exchanges") {
		return v, nil
	}
	err = c.within(ctx, caller, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, channelLogSQL, caller.Organization, id, s.Name)
		if err != nil {
			return err
		}
		v.Log, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (e backoffice.ExchangeSummary, err error) {
			err = row.Scan(summary(&e)...)
			return e, err
		})
		return err
	})
	if err != nil {
		return v, fmt.Errorf("reading the log of channel %s: %w", s.Code, err)
	}
	return v, nil
}

// Kinds implements backoffice.Channels.
func (c channels) Kinds(context.Context) (kinds []backoffice.ChannelKind) {
	for _, k := range c.Hosts.Kinds() {
		kinds = append(kinds, backoffice.ChannelKind{Name: k.Name, Title: k.Title, Doc: k.Doc})
	}
	return kinds
}

// Settings implements backoffice.Channels.
func (c channels) Settings(ctx context.Context, id, kind string) (s backoffice.ChannelSettings, err error) {
	var f channel.Form
	if id == "" {
		m, ok := c.Hosts.Registry.Get(kind)
		if !ok {
			return s, backoffice.ErrNotFound
		}
		f.Info = m.Info()
		for _, field := range f.Info.Settings {
			if field.Secret {
				f.Secrets = append(f.Secrets, channel.Secret{Field: field})
			}
		}
		s.Values = url.Values{"code": {kind}, "name": {f.Info.Title}, "position": {"0"}, "enabled": {"true"}}
	} else {
		var found bool
		if _, ok := resource.ParseUUID(id); !ok {
			return s, backoffice.ErrNotFound
		}
		if f, found, err = c.Hosts.Form(ctx, callerOf(ctx), id); err != nil || !found {
			return s, errors.Join(err, backoffice.ErrNotFound)
		}
		if s.Values, err = c.values(ctx, id); err != nil {
			return s, err
		}
	}
	s.Kind = backoffice.ChannelKind{Name: f.Info.Name, Title: f.Info.Title, Doc: f.Info.Doc}
	describe(&s, &f)
	err = c.choices(ctx, &s)
	return s, err
}

// describe fills in the declaration of the module and what is set of it.
func describe(s *backoffice.ChannelSettings, f *channel.Form) {
	for _, field := range f.Info.Settings {
		if field.Secret {
			continue
		}
		s.Declared = append(s.Declared, field)
		text, set := f.Settings[field.Name]
		if !set && field.Fallback != nil {
			text = field.Fallback.Text
		}
		s.Values.Set("setting."+field.Name, text)
	}
	for _, secret := range f.Secrets {
		state := "missing"
		switch {
		case secret.Set && secret.Readable:
			state = "set"
		case secret.Set:
			state = "unreadable"
		}
		s.Secrets = append(s.Secrets, backoffice.ChannelSecret{Field: secret.Field, State: state})
	}
}

// values are what is stored of a channel beside its settings.
func (c channels) values(ctx context.Context, id string) (url.Values, error) {
	v := url.Values{}
	err := c.within(ctx, callerOf(ctx), func(tx pgx.Tx) error {
		var code, name, partner string
		var label []byte
		var position int
		var enabled bool
		var sites []string
		err := tx.QueryRow(ctx, `SELECT code, name, coalesce(label, '{}'), position, enabled, coalesce(partner_id::text, ''),
			coalesce((SELECT array_agg(website_id::text) FROM channel_website w WHERE w.channel_id = c.id), '{}')
			FROM channel c WHERE id = $1::uuid AND organization_id = $2::uuid`, id, callerOf(ctx).Organization).
			Scan(&code, &name, &label, &position, &enabled, &partner, &sites)
		if err != nil {
			return err
		}
		for key, text := range map[string]string{"code": code, "name": name, "position": strconv.Itoa(position), "enabled": strconv.FormatBool(enabled), "partner": partner} {
			v.Set(key, text)
		}
		texts := map[string]string{}
		if err := json.Unmarshal(label, &texts); err != nil {
			return err
		}
		for language, text := range texts {
			v.Set("label."+language, text)
		}
		v["website"] = sites
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading channel %s: %w", id, err)
	}
	return v, nil
}

// choices are the websites and partners that a channel can be for.
func (c channels) choices(ctx context.Context, s *backoffice.ChannelSettings) error {
	return c.within(ctx, callerOf(ctx), func(tx pgx.Tx) error {
		for sql, into := range map[string]*[]page.Option{
			"SELECT id::text, name FROM website WHERE organization_id = $1 ORDER BY code": &s.Websites,
			"SELECT id::text, name FROM partner WHERE organization_id = $1 ORDER BY code": &s.Partners,
		} {
			rows, err := tx.Query(ctx, sql, callerOf(ctx).Organization)
			if err != nil {
				return err
			}
			if *into, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (o page.Option, err error) {
				err = row.Scan(&o.Value, &o.Text)
				return o, err
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Save implements backoffice.Channels. The secrets are set behind the channel, each by the command; one that is refused
// leaves what was saved before.
func (c channels) Save(ctx context.Context, id string, in backoffice.ChannelInput) (saved string, faults []resource.Violation, err error) {
	ch, batch, faults := c.change(id, in)
	if len(faults) > 0 {
		return "", faults, nil
	}
	caller := callerOf(ctx)
	err = c.within(ctx, caller, func(tx pgx.Tx) error { return c.Store.Apply(ctx, tx, caller, batch) })
	if err != nil {
		return "", nil, fmt.Errorf("saving the channel: %w", err)
	}
	if ch.Outcome == record.Failed {
		return "", ch.Faults, nil
	}
	set, ok := c.Store.Schema().Command("channels", "setSecret")
	for _, name := range slices.Sorted(maps.Keys(in.Secrets)) {
		if !ok {
			break
		}
		_, _, err := c.Commands.Run(ctx, caller, set, resource.Ref{ID: ch.ID}, map[string]any{"name": name, "value": in.Secrets[name]}, "")
		var refused *command.Error
		if errors.As(err, &refused) {
			return ch.ID, []resource.Violation{{Field: "settings/" + name, Code: refused.Code(), Detail: refused.Error()}}, nil
		}
		if err != nil {
			return ch.ID, nil, err
		}
	}
	return ch.ID, nil, nil
}

// change makes a change of a channel; settings are read by the declaration of its module.
func (c channels) change(id string, in backoffice.ChannelInput) (*record.Change, *record.Batch, []resource.Violation) {
	t, ok := c.Store.Schema().Type("channels")
	m, known := c.Hosts.Registry.Get(in.Kind)
	if !ok || !known {
		return nil, nil, []resource.Violation{{Field: "kind", Code: "unknown_module", Detail: "There is no such module in this build."}}
	}
	ch := &record.Change{Values: t.NewRecord()}
	faults := fill(t, ch, in.Values)
	settings := map[string]any{}
	for _, f := range m.Info().Settings {
		text, given := in.Settings[f.Name]
		if !given || text == "" || f.Secret {
			continue
		}
		canonical, err := f.Kind.ParseText(text)
		if err != nil {
			faults = append(faults, resource.Violation{Field: "settings/" + f.Name, Code: "invalid_value", Detail: f.Name + ": " + err.Error() + "."})
			continue
		}
		settings[f.Name] = settingValue(&f, text, canonical)
	}
	b, err := json.Marshal(settings)
	if err != nil {
		faults = append(faults, resource.Violation{Field: "settings", Code: "invalid_value", Detail: err.Error()})
	}
	ch.Values[t.At("settings")], ch.Values[t.At("kind")] = resource.Of(string(b)), resource.Of(in.Kind)
	batch, operation := &record.Batch{}, record.Create
	if id != "" {
		operation, ch.Target = record.Update, resource.Ref{ID: id}
	}
	if child, ok := c.Store.Schema().Type("channelWebsites"); ok {
		sites := []*record.Change{}
		for _, site := range in.Websites {
			w := &record.Change{Values: child.NewRecord()}
			w.Values[child.At("website")] = resource.Of(site)
			sites = append(sites, w)
		}
		ch.Owned = map[string][]*record.Change{"websites": sites}
	}
	batch.Add(t, operation, ch)
	return ch, batch, faults
}

// settingValue is a setting as JSON has it: lists as they were typed, whole numbers and truth as such, all else as text.
func settingValue(f *resource.Field, typed, canonical string) any {
	switch f.Kind.Name() {
	case "list", "json", "object", "localized":
		return json.RawMessage(typed)
	case "boolean", "integer":
		return json.RawMessage(canonical)
	}
	return canonical
}

// fill reads the channel's own fields. An empty text clears.
func fill(t *resource.Type, ch *record.Change, values map[string]string) (faults []resource.Violation) {
	labels := map[string]any{}
	for name, text := range values {
		if language, ok := strings.CutPrefix(name, "label."); ok {
			labels[language] = nil
			if text != "" {
				labels[language] = text
			}
			continue
		}
		at := t.At(name)
		if at < 0 {
			continue
		}
		if text == "" {
			if f, ok := t.Field(name); !ok || !f.Mandatory {
				ch.Values[at] = resource.Cleared
			}
			continue
		}
		canonical := text
		if f, ok := t.Field(name); ok {
			var err error
			if canonical, err = f.Kind.ParseText(text); err != nil {
				faults = append(faults, resource.Violation{Field: name, Code: "invalid_value", Detail: name + ": " + err.Error() + "."})
				continue
			}
		}
		ch.Values[at] = resource.Of(canonical)
	}
	if f, ok := t.Field("label"); ok && len(labels) > 0 {
		text, err := f.Kind.Parse(labels)
		if err != nil {
			return append(faults, resource.Violation{Field: "label.en", Code: "invalid_value", Detail: err.Error()})
		}
		ch.Values[t.At("label")] = resource.Of(text)
	}
	return faults
}
