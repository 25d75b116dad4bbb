package channel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/module"
)

// Checked is what one check of a channel found.
type Checked struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"` // what is wrong and which setting to mend
	// Skipped: an earlier check failed, so this one would only have said so again.
	Skipped bool    `json:"skipped,omitempty"`
	Took    float64 `json:"ms,omitempty"`
}

// Check tries a channel out by the checks of its module, in their order; a channel that cannot be used says why by its first
// one. A channel may be tried while it is paused or not enabled yet.
func (h *Host) Check(ctx context.Context, organization, channelID string) ([]Checked, error) {
	u, err := h.find(ctx, channelID)
	if err != nil {
		return nil, err
	}
	if u.organization != organization {
		return nil, refuse(module.Invalid, CodeUnknown, "There is no channel %s in this organization.", channelID)
	}
	found := []Checked{{Name: "The settings are complete and can be read", OK: len(u.faults) == 0}}
	if !found[0].OK {
		for i, f := range u.faults {
			found[0].Detail += map[bool]string{true: "", false: " "}[i == 0] + sentence(f)
		}
	}
	c, ok := u.module.(module.Checker)
	if !ok {
		return found, nil
	}
	for _, check := range c.Checks() {
		if !found[len(found)-1].OK {
			found = append(found, Checked{Name: check.Name, Skipped: true})
			continue
		}
		found = append(found, h.try(ctx, u, check))
	}
	return found, nil
}

// try runs one check.
func (h *Host) try(ctx context.Context, u *unit, check module.Check) Checked {
	began := time.Now()
	w := call{operation: "check", deadline: checkDeadline, trial: true}
	_, err := ask(ctx, h, u.organization, u.id, w, func(ctx context.Context, _ module.Module, c *module.Channel) (struct{}, error) {
		return struct{}{}, check.Run(ctx, c)
	})
	found := Checked{Name: check.Name, OK: err == nil, Took: float64(time.Since(began).Microseconds()) / 1000}
	if err != nil {
		var e *module.Error
		found.Detail = err.Error()
		if errors.As(err, &e) && e.Err != nil && e.Code == "connection" {
			found.Detail = e.Err.Error() // a check says by an error of its own what is wrong
		}
		found.Detail = clipped(found.Detail, 1000)
	}
	return found
}

// test is what the command does behind its commit: the checks, and then their results.
func (h *Host) test(ctx context.Context, call *command.Call, id string) error {
	found, err := h.Check(ctx, call.Caller.Organization, id)
	if err != nil {
		return err
	}
	text, err := json.Marshal(found)
	if err != nil {
		return fmt.Errorf("keep the checks of channel %s: %w", id, err)
	}
	// With a new revision the breaker is closed on all nodes: what works again need not wait.
	const keepSQL = `update channel set checks = $2, checked_at = clock_timestamp(), revision = revision + case when $3 then 1 else 0 end where id = $1`
	err = pgx.BeginFunc(ctx, h.DB, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, call.Caller); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, keepSQL, id, text, passed(found)); err != nil {
			return err
		}
		data, err := json.Marshal(map[string]any{"passed": passed(found)})
		if err != nil {
			return err
		}
		return change.Append(ctx, tx, call.Caller, change.Entry{Resource: "channels", Event: Test.Event, IDs: []string{id},
			Fields: []string{"checks", "checkedAt"}, Data: data})
	})
	if err != nil {
		return fmt.Errorf("keep the checks of channel %s: %w", id, err)
	}
	if h.Committed != nil {
		h.Committed()
	}
	return nil
}

func passed(found []Checked) bool {
	for _, c := range found {
		if !c.OK {
			return false
		}
	}
	return true
}
