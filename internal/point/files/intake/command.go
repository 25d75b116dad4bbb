package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// Commands runs the commands of the business within a transaction; a *command.Runner.
type Commands interface {
	RunIn(ctx context.Context, tx pgx.Tx, caller access.Caller, c *resource.Command, targets []resource.Ref, input map[string]any) (command.Done, error)
	Check(ctx context.Context, tx pgx.Tx, caller access.Caller, c *resource.Command, targets []resource.Ref, input map[string]any) error
}

// asked is a command that a row asks for.
type asked struct {
	command *resource.Command
	targets []resource.Ref // the first that exists counts
	input   map[string]any
}

// ask adds a command of a document to its row. The partner's number of the record counts before ours: a document may name
// both, the first time before we know his.
func (d *documentRows) ask(row *Row, m *module.Command) {
	c, ok := d.schema.Command(m.On, m.Name)
	if !ok {
		row.fault("", "parse", "unknown_command", fmt.Sprintf("The mapping names the command %s/%s, which does not exist.", m.On, m.Name))
		return
	}
	a := asked{command: c}
	if m.External != "" {
		a.targets = append(a.targets, resource.Ref{System: d.system, External: m.External})
	}
	if len(m.Target) > 0 {
		a.targets = append(a.targets, resource.ByKey(m.Target...))
	}
	if a.targets == nil {
		row.fault("", "missing", "target_missing", fmt.Sprintf("The document does not name the record that %s is about.", c.Path()))
		return
	}
	var err error
	if a.input, err = wire(m.Input); err != nil {
		row.fault("", "parse", "invalid_value", fmt.Sprintf("The input of %s cannot be read: %s.", c.Path(), err))
		return
	}
	row.commands = append(row.commands, a)
}

// wire turns whatever values a mapping makes into those that a request would bring: numbers keep their digits.
func wire(input map[string]any) (values map[string]any, err error) {
	text, err := json.Marshal(input)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return values, d.Decode(&values)
}

// command runs what the chunk's rows ask for, each command whole or not at all. One that is refused fails its row with its
// code and words; the row's others stand. A preview runs none, but tells what there would be to run.
func (w *writing) command(ctx context.Context, tx pgx.Tx, rows []*Row) error {
	for _, r := range rows {
		if len(r.commands) == 0 || r.failed() || r.Skipped != "" || r.refused() {
			continue
		}
		if w.Commands == nil {
			return errors.New("a document asks for commands, and there is nobody to run them")
		}
		for _, a := range r.commands {
			notices, err := w.runOne(ctx, tx, r, a)
			var no *command.Error
			switch {
			case errors.As(err, &no):
				notices = refusals(no)
			case err != nil:
				return fmt.Errorf("%s for the row of line %d: %w", a.command.Path(), r.Line, err)
			}
			r.answers = append(r.answers, notices...)
		}
	}
	return nil
}

func (w *writing) runOne(ctx context.Context, tx pgx.Tx, r *Row, a asked) ([]module.Notice, error) {
	if w.Preview {
		if err := w.Commands.Check(ctx, tx, w.Caller, a.command, a.targets, a.input); err != nil {
			return nil, err
		}
		r.moved = true
		return []module.Notice{{Warning: true, Class: "value", Code: "asks", Detail: fmt.Sprintf("It asks for %s of %s.", a.command.Path(), a.targets[0])}}, nil
	}
	done, err := w.Commands.RunIn(ctx, tx, w.Caller, a.command, a.targets, a.input)
	if err != nil {
		return nil, err
	}
	if done.Remark != nil {
		return []module.Notice{{Warning: true, Field: done.Remark.Field, Class: "value", Code: done.Remark.Code, Detail: done.Remark.Detail}}, nil
	}
	r.moved = true
	return nil, nil
}

// refusals are what a command says against a row.
func refusals(no *command.Error) []module.Notice {
	all := make([]module.Notice, 0, len(no.Violations()))
	for _, v := range no.Violations() {
		all = append(all, module.Notice{Field: v.Field, Class: classOf(v.Code), Code: v.Code, Detail: v.Detail})
	}
	return all
}
