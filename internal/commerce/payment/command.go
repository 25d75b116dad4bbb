package payment

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/money"
	"github.com/hanse-commerce/hanse/resource"
)

// The commands of this area. Each writes a step that is to be asked for, and behind its commit asks; what the gateway does not
// answer then is asked for again by the sweep.
var (
	ValidateCommand = resource.Command{Name: "validatePayment", On: "customers", Result: "paymentTransactions", Idempotent: true, Admin: true, Storefront: true,
		Doc: "Checks a card without a charge. The answer says whether it is good, or where the buyer has to go.",
		Input: resource.Fields{
			resource.Text("method").Max(64).Required().Eg("stripe").Doc("Code of the way of paying."),
			resource.Text("token").Max(500).WriteOnly().Doc("What the gateway gave for the card; without one its own page is used."),
			resource.Text("returnUrl").Max(2000).Doc("Where the gateway sends the buyer back to."),
			resource.Text("cancelUrl").Max(2000).Doc("Where it sends a buyer who does not go on."),
		}}
	AuthorizeCommand = resource.Command{Name: "authorize", On: "payments", Result: "paymentTransactions", Idempotent: true, Admin: true, Storefront: true,
		Doc: "Tries once more to authorize a payment that failed or expired, such as with another card.",
		Input: resource.Fields{
			resource.Text("token").Max(500).WriteOnly().Doc("What the gateway gave for the card; without one its own page is used."),
			resource.Text("returnUrl").Max(2000).Doc("Where the gateway sends the buyer back to."),
			resource.Text("cancelUrl").Max(2000).Doc("Where it sends a buyer who does not go on."),
		}}
	CaptureCommand = resource.Command{Name: "capture", On: "payments", Result: "paymentTransactions", Idempotent: true, Admin: true,
		Doc: "Takes money that is authorized, or a part of it; of a payment that asks no gateway, notes money that has arrived.",
		Input: resource.Fields{
			resource.Decimal("amount", 18, 4).Positive().Eg("12.50").Doc("How much; all that is still authorized if left out."),
			resource.Boolean("final").Default("false").Doc("No further capture will follow: what is left is let go."),
		}}
	CancelCommand = resource.Command{Name: "cancel", On: "payments", Result: "paymentTransactions", Idempotent: true, Admin: true,
		Doc: "Lets go of what is authorized and not taken, or stops a payment that still waits."}
	RefundCommand = resource.Command{Name: "refund", On: "payments", Result: "paymentTransactions", Idempotent: true, Admin: true,
		Doc: "Gives money back that was taken, or a part of it.",
		Input: resource.Fields{
			resource.Decimal("amount", 18, 4).Positive().Eg("12.50").Doc("How much; all that is left if left out."),
			resource.Text("reason").Max(255).Doc("Why, for people."),
		}}
	RefreshCommand = resource.Command{Name: "refresh", On: "payments", Result: "payments", Admin: true, Storefront: true,
		Doc: "Asks the gateway what it has of the payment, and writes it: after the buyer has come back from its page."}
)

// Codes of what these commands refuse, beside those of every command. They are stable and never reused.
const (
	CodeAmountTooHigh     = "amount_too_high"       // more than is reserved, or than was taken
	CodeInvalidAmount     = "invalid_amount"        // nothing, or parts of a coin
	CodeNotAuthorized     = "not_authorized"        // there is nothing reserved that could be taken
	CodeNothingToRefund   = "nothing_to_refund"     // nothing was taken, or all was given back
	CodeNothingToCancel   = "nothing_to_cancel"     // nothing is reserved and nothing waits
	CodeCancelling        = "cancelling"            // a cancellation is under way
	CodeAlreadyAuthorized = "already_authorized"    // the payment is under way or done
	CodeOrderCancelled    = "order_cancelled"       // the order will not be delivered
	CodeNotYours          = "seller_only"           // the buyer cannot begin it again
	CodeMethodNotOffered  = "method_not_offered"    // there is no such way of paying here
	CodeCannotValidate    = "cannot_validate"       // the way of paying checks no cards
	CodeMoneyOnItsWayBack = "money_on_its_way_back" // late money is being returned first
)

// Bindings ties the commands of this area to their functions.
func Bindings(d *Desk) []command.Binding {
	c := &commands{d}
	bind := func(definition resource.Command, run command.Func, after command.AfterFunc) command.Binding {
		return command.Binding{On: definition.On, Name: definition.Name, Run: run, After: after}
	}
	return []command.Binding{
		bind(ValidateCommand, c.validate, c.settleResult),
		bind(AuthorizeCommand, c.step(authorizeStep), c.settleTarget),
		bind(CaptureCommand, c.step(captureStep), c.settleTarget),
		bind(CancelCommand, c.step(cancelStep), c.settleTarget),
		bind(RefundCommand, c.step(refundStep), c.settleTarget),
		bind(RefreshCommand, c.refresh, c.refreshTarget),
	}
}

type commands struct{ desk *Desk }

// step is a command on a payment that adds a step to its book.
func (c *commands) step(do func(b *book, call *command.Call) (*step, error)) command.Func {
	return func(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
		b, err := open(ctx, tx, call.Target, &pgx.Batch{})
		if err != nil {
			return "", err
		}
		s, err := do(b, call)
		if err != nil {
			return "", err
		}
		return s.id, b.close(ctx, tx, call.Caller, c.desk.Orders)
	}
}

func (c *commands) settleTarget(ctx context.Context, call *command.Call, _ string) error {
	return c.desk.Settle(ctx, call.Caller.Organization, call.Target)
}

func (c *commands) settleResult(ctx context.Context, call *command.Call, result string) error {
	return c.desk.Settle(ctx, call.Caller.Organization, result)
}

func (c *commands) refresh(_ context.Context, _ pgx.Tx, call *command.Call) (string, error) {
	return call.Target, nil
}

func (c *commands) refreshTarget(ctx context.Context, call *command.Call, _ string) error {
	return c.desk.Refresh(ctx, call.Caller.Organization, call.Target)
}

// amountOf is the amount that was given, or all that is left.
func (b *book) amountOf(call *command.Call, left decimal.Decimal) (decimal.Decimal, error) {
	text := call.Value("amount")
	if text == "" {
		return left, nil
	}
	amount, err := decimal.NewFromString(text)
	if err != nil {
		return amount, command.Refuse(CodeInvalidAmount, "amount", "%q is no amount.", text)
	}
	return amount, b.wholeCoins(amount)
}

func (b *book) wholeCoins(amount decimal.Decimal) error {
	a := money.Of(amount, b.currency)
	if !amount.IsPositive() {
		return command.Refuse(CodeInvalidAmount, "amount", "The amount must be above nothing.")
	}
	if !a.Round().Number.Equal(amount) {
		return command.Refuse(CodeInvalidAmount, "amount", "%s has parts of a coin; the next amount is %s.", a, a.Round())
	}
	return nil
}

func (b *book) say(amount decimal.Decimal) string { return money.Of(amount, b.currency).String() }
