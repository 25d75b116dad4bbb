package shipping

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/singleflight"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/module"
)

// Carriers ask the carriers of configured channels.
type Carriers interface {
	// Rates are the services that the carrier of a channel offers for parcels, until the context ends.
	Rates(ctx context.Context, organization, channelID string, r module.RateRequest) ([]module.Rate, error)
}

// Desk finds out what it costs to ship something.
type Desk struct {
	DB       *pgxpool.Pool
	Carriers Carriers
	Registry *module.Registry
	Log      *slog.Logger // nil for the usual one

	asking singleflight.Group // by key of the question, so that a rush of buyers asks a carrier once
}

// deadline is how long one carrier is waited for. All are asked at once, so it is how long a buyer waits at most.
const deadline = 2 * time.Second

// Offers are the ways in which a consignment can be shipped: the shop's own at their flat rates, then those of the channels
// of the website, all asked side by side. A carrier that fails, or takes longer than two seconds, leaves its fallback rate, or
// is quoted later, or is not offered; it is no error. No transaction is open while carriers are asked.
func (d *Desk) Offers(ctx context.Context, caller access.Caller, s Consignment) ([]Offer, error) {
	counter, err := d.load(ctx, caller, &s)
	if err != nil {
		return nil, fmt.Errorf("find ways to ship for %s: %w", s.Subtotal, err)
	}
	d.ask(ctx, s, counter)
	if errors.Is(ctx.Err(), context.Canceled) {
		return nil, fmt.Errorf("find ways to ship for %s: %w", s.Subtotal, context.Cause(ctx))
	}
	offers := counter.methods
	for _, q := range counter.questions {
		offers = append(offers, q.offers(s, counter.now)...)
	}
	return offers, nil
}

func (d *Desk) log() *slog.Logger {
	if d.Log == nil {
		return slog.Default()
	}
	return d.Log
}

// offers are what came of a question.
func (q *question) offers(s Consignment, now time.Time) []Offer {
	offer := Offer{Channel: q.channel, ChannelCode: q.code, Name: q.label, Kind: Live, PickUp: q.traits.PickUp, Parcels: q.parcels}
	if q.err == nil {
		return priced(offer, q.answer.Rates, q.answer.at, q.traits.Live)
	}
	offer.Expires = now.Add(liveHolds)
	switch f := q.traits.Fallback; {
	case !q.traits.Live:
		return nil
	case f != nil && f.Amount.Currency == s.Currency:
		offer.Kind = Fallback
		offer.take(*f)
	case q.traits.Later:
		offer.Kind, offer.Code, offer.Service = Later, q.code+":LATER", "LATER"
	default:
		return nil
	}
	return []Offer{offer}
}

// priced makes an offer of each rate.
func priced(pattern Offer, rates []module.Rate, at time.Time, live bool) (offers []Offer) {
	pattern.Expires = at.Add(liveHolds)
	if !live {
		pattern.Kind, pattern.Expires = Fixed, at.Add(fixedHolds)
	}
	for _, r := range rates {
		offer := pattern
		offer.take(r)
		offers = append(offers, offer)
	}
	return offers
}

// take fills an offer of a channel with a rate.
func (o *Offer) take(r module.Rate) {
	amount := r.Amount.Round()
	o.Amount, o.Service, o.Days, o.Arrives = &amount, r.Service, r.Days, r.Arrives
	if o.Code = o.ChannelCode; r.Service != "" {
		o.Code += ":" + r.Service
	}
	if r.Name != "" {
		o.Name = r.Name
	}
}
