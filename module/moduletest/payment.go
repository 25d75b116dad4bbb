package moduletest

import (
	"context"
	"errors"
	"regexp"
	"testing"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

// PaymentCase is a module that moves money, with what plays its gateway. The channel must not capture with the order.
type PaymentCase struct {
	Module  module.Payment
	Channel *module.Channel
	// Currency of all amounts, with two digits; EUR if empty.
	Currency string
	// Good, Challenged and Declined give a new token each time: of a card that is taken, one whose holder has to authenticate,
	// and one that is refused.
	Good, Challenged, Declined func(testing.TB) string
	// Authenticate plays a card's holder at the page that NextURL names.
	Authenticate func(t testing.TB, nextURL string, passes bool)
	// PayHosted pays with a good card at the gateway's own page; nil if it has none.
	PayHosted func(t testing.TB, nextURL string)
	// Lose lets the gateway do the next step that changes something, and lose its answer.
	Lose func(testing.TB)
	// Several says that the gateway captures an authorization more than once.
	Several bool
}

// Payment runs the suite of module.Payment.
func Payment(t *testing.T, c PaymentCase) {
	if c.Currency == "" {
		c.Currency = "EUR"
	}
	p := &payment{PaymentCase: c}
	for _, s := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"an authorization reserves and takes nothing", p.authorize},
		{"the same attempt twice reserves once", p.twice},
		{"the same attempt at once reserves once", p.atOnce},
		{"a declined card is a state, no error", p.decline},
		{"a challenge leads to the bank and back", p.challenge},
		{"captures in parts never exceed the authorization", p.captures},
		{"captures at once never exceed the authorization", p.race},
		{"cancelling lets go", p.cancel},
		{"refunds never exceed what was taken", p.refunds},
		{"a lost answer is found again", p.lost},
		{"a card is checked without a charge", p.validate},
		{"the gateway's own page takes the card", p.hosted},
		{"what the gateway does not know is no payment", p.unknown},
		{"an ended context is no answer", p.ended},
		{"any order of steps adds up", p.anyOrder},
	} {
		t.Run(s.name, s.run)
	}
}

// payment is a case with its steps.
type payment struct{ PaymentCase }

// Attempt is a new attempt's UUIDv7.
func Attempt() string { return uuid.Must(uuid.NewV7()).String() }

func (p *payment) amount(coins int64) money.Amount {
	return money.Of(decimal.New(coins, -2), p.Currency)
}

// request is a step as Hanse asks for it.
func (p *payment) request(action module.PaymentAction, attempt, reference string, coins int64) module.PaymentRequest {
	r := module.PaymentRequest{Action: action, Attempt: attempt, Reference: reference, Language: "en",
		ReturnURL: p.Channel.PublicURL + "/checkout/return?attempt=" + attempt, CancelURL: p.Channel.PublicURL + "/checkout",
		Order: module.PaymentOrder{ID: attempt, Number: "1000001", PONumber: "PO-4711", CustomerNumber: "C-100", CustomerName: "Mühlbach GmbH", Email: "buyer@example.com"}}
	if coins != 0 {
		r.Amount = p.amount(coins)
	}
	return r
}

// foreign is a step in another currency than the payment's.
func (p *payment) foreign(action module.PaymentAction, reference string, coins int64) module.PaymentRequest {
	r := p.request(action, Attempt(), reference, coins)
	if r.Amount.Currency = "USD"; p.Currency == "USD" {
		r.Amount.Currency = "EUR"
	}
	return r
}

func (p *payment) pay(t testing.TB, r module.PaymentRequest) *module.PaymentState {
	t.Helper()
	s, err := p.Module.Pay(t.Context(), p.Channel, r)
	if err != nil {
		t.Fatalf("%s of %s: %v", r.Action, r.Amount, err)
	}
	p.sound(t, s)
	return s
}

// authorized is a payment with so much reserved.
func (p *payment) authorized(t testing.TB, coins int64) *module.PaymentState {
	t.Helper()
	r := p.request(module.Authorize, Attempt(), "", coins)
	r.Token = p.Good(t)
	s := p.pay(t, r)
	p.want(t, s, module.PaymentAuthorized, coins, 0, 0)
	return s
}

func (p *payment) look(t testing.TB, l module.PaymentLookup) *module.PaymentState {
	t.Helper()
	s, err := p.Module.Look(t.Context(), p.Channel, l)
	if err != nil {
		t.Fatalf("look at %+v: %v", l, err)
	}
	p.sound(t, s)
	return s
}

// want compares status and sums, in the currency's smallest coin.
func (p *payment) want(t testing.TB, s *module.PaymentState, status module.PaymentStatus, authorized, captured, refunded int64) {
	t.Helper()
	if s.Status != status {
		t.Errorf("the status is %s (%s %s), want %s", s.Status, s.Code, s.Message, status)
	}
	for _, sum := range []struct {
		name string
		got  money.Amount
		want int64
	}{{"authorized", s.Authorized, authorized}, {"captured", s.Captured, captured}, {"refunded", s.Refunded, refunded}} {
		if !sum.got.Number.Equal(p.amount(sum.want).Number) || sum.want != 0 && sum.got.Currency != p.Currency {
			t.Errorf("%s is %s, want %s", sum.name, sum.got, p.amount(sum.want))
		}
	}
}

// refuse makes a step that the gateway must say no to, for good.
func (p *payment) refuse(t testing.TB, r module.PaymentRequest) {
	t.Helper()
	s, err := p.Module.Pay(t.Context(), p.Channel, r)
	var e *module.Error
	switch {
	case err == nil:
		t.Errorf("%s of %s gave the state %+v; want an error", r.Action, r.Amount, s)
	case !errors.As(err, &e):
		t.Errorf("%s: the error %v is no *module.Error, so Hanse would ask again and again", r.Action, err)
	case e.Class != module.Refused && e.Class != module.Invalid:
		t.Errorf("%s: the error's class is %s, want refused or invalid: %v", r.Action, e.Class, err)
	case e.Code == "" || e.Detail == "":
		t.Errorf("%s: the error has no code or no words: %#v", r.Action, e)
	}
}

// cardNumber finds what could be one.
var cardNumber = regexp.MustCompile(`\d[\d -]{10,}\d`)

// sound checks what is true of any state.
func (p *payment) sound(t testing.TB, s *module.PaymentState) {
	t.Helper()
	if s.Captured.Number.GreaterThan(s.Authorized.Number) || s.Refunded.Number.GreaterThan(s.Captured.Number) {
		t.Errorf("captured is above authorized or refunded above captured: %+v", s)
	}
	if cardNumber.MatchString(s.Instrument) {
		t.Errorf("the instrument %q has more of the card than people may see", s.Instrument)
	}
	if (s.Status == module.PaymentRequiresAction) != (s.NextURL != "") {
		t.Errorf("a state that requires an action, and no other, names a page: %+v", s)
	}
	if (s.Status == module.PaymentFailed) != (s.Code != "") {
		t.Errorf("a failed state, and no other, has a code: %+v", s)
	}
	if s.Reference == "" && s.Status != module.PaymentFailed {
		t.Errorf("the state has no reference: %+v", s)
	}
	captured, refunded, steps := decimal.Zero, decimal.Zero, map[string]bool{}
	for _, d := range s.Done {
		if d.Step == "" || steps[d.Step] {
			t.Errorf("the step %q has no number of its own: %+v", d.Step, s.Done)
		}
		steps[d.Step] = true
		switch {
		case d.Failed:
		case d.Action == module.Capture:
			captured = captured.Add(d.Amount.Number)
		case d.Action == module.Refund:
			refunded = refunded.Add(d.Amount.Number)
		}
	}
	if s.Done != nil && (!captured.Equal(s.Captured.Number) || !refunded.Equal(s.Refunded.Number)) {
		t.Errorf("the steps add up to %s captured and %s refunded: %+v", captured, refunded, s)
	}
}

func (p *payment) unknown(t *testing.T) {
	for _, l := range []module.PaymentLookup{{Attempt: Attempt()}, {Reference: "no-such-payment"}} {
		s, err := p.Module.Look(t.Context(), p.Channel, l)
		var e *module.Error
		if err == nil || !errors.As(err, &e) || e.Retryable() {
			t.Errorf("look at %+v gave %+v, %v; want an error that is not worth asking again", l, s, err)
		}
	}
	p.refuse(t, p.request(module.Capture, Attempt(), "no-such-payment", 100))
	p.refuse(t, p.request(module.Capture, Attempt(), "", 100))
}

func (p *payment) ended(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := p.request(module.Authorize, Attempt(), "", 100)
	r.Token = p.Good(t)
	s, err := p.Module.Pay(ctx, p.Channel, r)
	var e *module.Error
	if err == nil || errors.As(err, &e) && !e.Retryable() {
		t.Errorf("Pay in an ended context gave %+v, %v; want an error that may be asked again", s, err)
	}
}
