package channel

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/secret"
	"github.com/hanse-commerce/hanse/resource"
)

const (
	sealSQL = `insert into channel_secret (id, organization_id, channel_id, name, sealed) values ($1, $2, $3, $4, $5)
on conflict (channel_id, name) do update set sealed = excluded.sealed, updated_at = now(), revision = channel_secret.revision + 1`
	dropSQL = "delete from channel_secret where channel_id = $1 and name = $2"
)

// setSecret seals a secret and keeps it. The channel gets a new revision, so that every node takes it at once.
func (h *Host) setSecret(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
	name := call.Value("name")
	f, err := h.secretField(ctx, tx, call.Target, name)
	if err != nil {
		return "", err
	}
	if !call.Given("value") {
		return "", command.Refuse(command.CodeRequired, "value", "value is required; null takes the secret away.")
	}
	value, set := call.Value("value"), false
	if value != "" {
		// What the kind says is wrong may quote the value.
		if value, err = f.Kind.ParseText(value); err != nil {
			return "", command.Refuse(command.CodeInvalidValue, "value", "The value is not what %s takes: %s", name, f.Text)
		}
		set = true
	}
	var sealed []byte
	if set {
		sealed, err = h.Keys.Seal(secret.Place{Organization: call.Caller.Organization, Record: call.Target, Field: name}, value)
		if err != nil {
			return "", command.Refuse("no_secret_key", "", "Secrets cannot be kept on this node: %s.", err)
		}
	}
	if err := writeSecret(ctx, tx, call, name, sealed); err != nil {
		return "", fmt.Errorf("set the secret %s of channel %s: %w", name, call.Target, err)
	}
	data, err := json.Marshal(map[string]any{"name": name, "set": set})
	if err != nil {
		return "", err
	}
	return call.Target, change.Append(ctx, tx, call.Caller, change.Entry{Resource: "channels", Event: SetSecret.Event,
		IDs: []string{call.Target}, Data: data})
}

// secretField finds the setting among those that the channel's module declares secret.
func (h *Host) secretField(ctx context.Context, tx pgx.Tx, id, name string) (*resource.Field, error) {
	var kind string
	if err := tx.QueryRow(ctx, "select kind from channel where id = $1", id).Scan(&kind); err != nil {
		return nil, fmt.Errorf("look at channel %s: %w", id, err)
	}
	m, ok := h.Registry.Get(kind)
	if !ok {
		return nil, command.Refuse(CodeNoModule, "", "There is no module %q in this build, so nothing is known of its secrets.", kind)
	}
	declared := m.Info().Settings
	if i, ok := declared.Find(name); ok && declared[i].Secret {
		return &declared[i], nil
	}
	var secrets []string
	for _, f := range declared {
		if f.Secret {
			secrets = append(secrets, f.Name)
		}
	}
	if len(secrets) == 0 {
		return nil, command.Refuse(command.CodeInvalidValue, "name", "The module %s has no secrets.", kind)
	}
	return nil, command.Refuse(command.CodeInvalidValue, "name", "The module %s has no secret %.64q; it has %s.", kind, name, strings.Join(secrets, ", "))
}

// writeSecret changes the table that no request may touch, as the platform; sealed nil takes the secret away.
func writeSecret(ctx context.Context, tx pgx.Tx, call *command.Call, name string, sealed []byte) error {
	if _, err := tx.Exec(ctx, "update channel set updated_at = now(), revision = revision + 1 where id = $1", call.Target); err != nil {
		return err
	}
	if err := access.EnterSystem(ctx, tx); err != nil {
		return err
	}
	var err error
	if sealed == nil {
		_, err = tx.Exec(ctx, dropSQL, call.Target, name)
	} else {
		_, err = tx.Exec(ctx, sealSQL, uuid.Must(uuid.NewV7()), call.Caller.Organization, call.Target, name, sealed)
	}
	if err != nil {
		return err
	}
	return access.Enter(ctx, tx, call.Caller)
}
