package channel

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// The commands by which administrators run channels. A secret is in no change row, log or answer.
var (
	SetSecret = resource.Command{Name: "setSecret", On: "channels", Result: "channels", Event: "channel.secretSet", Admin: true,
		Doc: "Gives a channel a secret of its module's settings, in place of the one it had; it is kept encrypted and never shown again.",
		Input: resource.Fields{
			resource.Text("name").Max(64).Required().Eg("secretKey").Doc("Name of the setting."),
			resource.Text("value").Max(8192).WriteOnly().Doc("The secret; null takes it away."),
		}}
	Test = resource.Command{Name: "test", On: "channels", Result: "channels", Event: "channel.tested", Admin: true,
		Doc: "Tries the connection out by the checks of the module, and keeps what they found as the channel's checks."}
	Pause = resource.Command{Name: "pause", On: "channels", Result: "channels", Event: "channel.paused", Admin: true,
		Doc: "Lets a channel rest: its system is not called, and what it sends is not taken until the channel goes on."}
	Resume = resource.Command{Name: "resume", On: "channels", Result: "channels", Event: "channel.resumed", Admin: true,
		Doc: "Lets a paused channel go on."}
)

// Resources are the commands and the rule of channels, by the modules there are.
func Resources(registry *module.Registry) []resource.Definition {
	return []resource.Definition{OnChannels(registry), SetSecret, Test, Pause, Resume}
}

// Bindings ties the commands to their functions.
func Bindings(h *Host) []command.Binding {
	return []command.Binding{
		{On: SetSecret.On, Name: SetSecret.Name, Run: h.setSecret},
		{On: Test.On, Name: Test.Name, Run: nothing, After: h.test},
		{On: Pause.On, Name: Pause.Name, Run: rest("paused_at is null", "now()")},
		{On: Resume.On, Name: Resume.Name, Run: rest("paused_at is not null", "null")},
	}
}

func nothing(_ context.Context, _ pgx.Tx, call *command.Call) (string, error) {
	return call.Target, nil
}

// rest sets or clears the time since when a channel rests; where it is so already nothing changes.
func rest(unless, value string) command.Func {
	return func(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
		tag, err := tx.Exec(ctx, `update channel set paused_at = `+value+`, updated_at = now(), revision = revision + 1
			where id = $1 and `+unless, call.Target)
		if err != nil {
			return "", fmt.Errorf("%s channel %s: %w", call.Command.Name, call.Target, err)
		}
		if tag.RowsAffected() == 0 {
			return call.Target, nil
		}
		return call.Target, change.Append(ctx, tx, call.Caller, change.Entry{Resource: "channels", Event: call.Command.Event,
			IDs: []string{call.Target}, Fields: []string{"pausedAt"}})
	}
}
