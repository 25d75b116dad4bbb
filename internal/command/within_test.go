package command_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/resource"
)

// Within another's transaction a refused command leaves nothing behind and what comes after it stands; of several targets the
// first that exists counts, and a remark comes back.
func TestRunWithinATransaction(t *testing.T) {
	w := newWorkshop(t)
	w.does(func(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
		if _, err := tx.Exec(ctx, "UPDATE customer SET internal_note = coalesce(internal_note, '') || $2 WHERE id = $1", call.Target, call.Value("grade")); err != nil {
			return "", err
		}
		switch call.Value("grade") {
		case "F":
			return "", command.Refuse("too_bad", "grade", "Nobody gets an F.")
		case "S":
			return call.Target, call.Same("the customer")
		}
		return call.Target, nil
	})
	rate, _ := w.Schema.Command("customers", "rate")
	unknown, known := resource.Ref{System: "SAP", External: "4711"}, resource.ByKey("1000")
	caller, ctx := w.user(anna), context.Background()
	err := pgx.BeginFunc(ctx, w.Pool, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		for _, step := range []struct {
			grade   string
			targets []resource.Ref
			want    string // codes of the refusal, or of the remark
		}{
			{"A", []resource.Ref{unknown, known}, ""},
			{"F", []resource.Ref{known}, "grade too_bad"},
			{"B", []resource.Ref{unknown}, "not_found"},
			{"AB", []resource.Ref{known}, "grade invalid_value"},
			{"S", []resource.Ref{known, unknown}, "unchanged"},
			{"C", []resource.Ref{{ID: w.customer.Customer}}, ""},
		} {
			done, err := w.runner.RunIn(ctx, tx, caller, rate, step.targets, grade(step.grade))
			got := ""
			switch {
			case err != nil:
				got = codes(err)
			case done.Result != w.customer.Customer:
				got = "result " + done.Result
			case done.Remark != nil:
				got = done.Remark.Code
			}
			if got != step.want {
				t.Errorf("%s for %v: %q, want %q", step.grade, step.targets, got, step.want)
			}
			if err := w.runner.Check(ctx, tx, caller, rate, step.targets, grade(step.grade)); (err != nil) != (step.grade == "B" || step.grade == "AB") {
				t.Errorf("checking %s for %v: %v", step.grade, step.targets, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if w.note() != "ASC" {
		t.Errorf("what stands is %q", w.note())
	}
}
