package stripe

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module"
)

// captures are the captures of an intent. Stripe numbers none, so a capture of ours is named by charge and attempt; what was
// taken beside them is one more, named by the charge alone: by the intent itself, or at Stripe's own screens.
func captures(i *stripe.PaymentIntent) []module.PaymentStep {
	if i.LatestCharge == nil || i.AmountReceived == 0 {
		return nil
	}
	charge, rest := i.LatestCharge.ID, i.AmountReceived
	var all []module.PaymentStep
	for name, value := range i.Metadata {
		attempt, ours := attemptOf(name)
		n, err := strconv.ParseInt(value, 10, 64)
		if !ours || err != nil || n <= 0 {
			continue
		}
		rest -= n
		all = append(all, module.PaymentStep{Action: module.Capture, Step: charge + ":" + attempt, Attempt: attempt, Amount: amount(n, string(i.Currency))})
	}
	slices.SortFunc(all, func(a, b module.PaymentStep) int { return strings.Compare(a.Attempt, b.Attempt) })
	if rest > 0 {
		foreign := module.PaymentStep{Action: module.Capture, Step: charge, Amount: amount(rest, string(i.Currency))}
		if i.CaptureMethod != stripe.PaymentIntentCaptureMethodManual {
			foreign.Attempt = i.Metadata[attemptKey] // taken as it was authorized
		}
		all = append(all, foreign)
	}
	return all
}

// refunds are the refunds of an intent, the oldest first.
func (k *connection) refunds(ctx context.Context, i *stripe.PaymentIntent) ([]module.PaymentStep, error) {
	if i.LatestCharge == nil || i.LatestCharge.Refunds == nil {
		return nil, nil
	}
	given := i.LatestCharge.Refunds.Data
	if i.LatestCharge.Refunds.HasMore { // a list within an object holds ten
		given = nil
		p := &stripe.RefundListParams{PaymentIntent: &i.ID}
		p.Limit = stripe.Int64(pageSize)
		for r, err := range k.V1Refunds.List(ctx, p).All(ctx) {
			if err != nil {
				return nil, k.fault("look at the refunds of "+i.ID, err)
			}
			given = append(given, r)
		}
	}
	all := make([]module.PaymentStep, 0, len(given))
	for _, r := range slices.Backward(given) {
		all = append(all, module.PaymentStep{Action: module.Refund, Step: r.ID, Attempt: r.Metadata[attemptKey],
			Amount: amount(r.Amount, string(r.Currency)), Failed: r.Status == stripe.RefundStatusFailed || r.Status == stripe.RefundStatusCanceled})
	}
	return all, nil
}
