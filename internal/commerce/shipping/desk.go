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
	"github.com/hanse-commerce/hanse/internal/commerce/tax"
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
		return q.priced(offer, s)
	}
	offer.Expires = now.Add(liveHolds)
	switch f := q.traits.Fallback; {
	case !q.traits.Live:
		return nil
	case f != nil && f.Amount.Currency == s.Currency:
		offer.Kind = Fallback
		offer.take(*f, q.tax(s))
	case q.traits.Later:
		offer.Kind, offer.Code, offer.Service = Later, q.code+":LATER", "LATER"
	default:
		return nil
	}
	return []Offer{offer}
}

// priced makes an offer of each rate.
func (q *question) priced(pattern Offer, s Consignment) (offers []Offer) {
	pattern.Expires = q.answer.at.Add(liveHolds)
	if !q.traits.Live {
		pattern.Kind, pattern.Expires = Fixed, q.answer.at.Add(fixedHolds)
	}
	for _, r := range q.answer.Rates {
		offer := pattern
		offer.take(r, q.tax(s))
		offers = append(offers, offer)
	}
	return offers
}

// tax is what comes on top of a rate so that it is as the shop's prices are: that of a carrier where they include it. It comes
// behind the cache, which is for shops of both sorts.
func (q *question) tax(s Consignment) tax.Rate {
	if q.traits.Live && s.Included != nil {
		return *s.Included
	}
	return tax.Rate{}
}

// take fills an offer of a channel with a rate and the tax on top of it. Split the other way round, with the tax included, the
// amount gives the same rate and tax again, so an order has to the cent what the carrier asks.
func (o *Offer) take(r module.Rate, onTop tax.Rate) {
	_, _, amount := onTop.Split(r.Amount, false)
	o.Amount, o.Service, o.Days, o.Arrives = &amount, r.Service, r.Days, r.Arrives
	if o.Code = o.ChannelCode; r.Service != "" {
		o.Code += ":" + r.Service
	}
	if r.Name != "" {
		o.Name = r.Name
	}
}
