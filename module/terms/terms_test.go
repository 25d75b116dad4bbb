package terms

import (
	"context"
	"errors"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

func TestTakesNote(t *testing.T) {
	ten := money.Of(decimal.NewFromInt(10), "EUR")
	for _, c := range []struct {
		action module.PaymentAction
		final  bool
		want   module.PaymentStatus
	}{
		{module.Authorize, false, module.PaymentAuthorized},
		{module.Capture, false, module.PaymentAuthorized},
		{module.Capture, true, module.PaymentCaptured},
		{module.Refund, false, module.PaymentAuthorized},
		{module.Cancel, false, module.PaymentVoided},
	} {
		s, err := terms{}.Pay(context.Background(), nil, module.PaymentRequest{Action: c.action, Final: c.final, Amount: ten})
		if err != nil || s.Status != c.want {
			t.Errorf("%s: %+v, %v", c.action, s, err)
		}
	}
	var refused *module.Error
	if _, err := (terms{}).Pay(context.Background(), nil, module.PaymentRequest{Action: module.Validate}); !errors.As(err, &refused) || refused.Retryable() {
		t.Errorf("validate: %v", err)
	}
	if _, err := (terms{}).Look(context.Background(), nil, module.PaymentLookup{}); !errors.As(err, &refused) || refused.Retryable() {
		t.Errorf("look: %v", err)
	}
	if traits := (terms{}).PaymentTraits(nil); traits.Online || !traits.OnAccount {
		t.Errorf("%+v", traits)
	}
}
