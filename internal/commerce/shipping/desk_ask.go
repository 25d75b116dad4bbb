package shipping

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hanse-commerce/hanse/module"
)

// question is what a channel is asked, and what came of it.
type question struct {
	channel, code, kind, label, settings string
	revision                             int64
	traits                               module.ShippingTraits
	parcels                              []module.Parcel
	request                              module.RateRequest
	key                                  []byte // what the answer depends on

	answer answer
	err    error // why there is no answer
}

// answer is what a carrier said, and when by the database's clock.
type answer struct {
	Rates []module.Rate
	at    time.Time
}

var (
	errWeight = errors.New("the weight of the goods is not known, or takes more parcels than a carrier is asked for")
	errSilent = errors.New("it did not answer just now")
	errLate   = fmt.Errorf("it did not answer within %s", deadline)
)

// ask gets an answer to each question: from the cache, or from all the carriers side by side.
func (d *Desk) ask(ctx context.Context, s Consignment, c *counter) {
	for _, q := range c.questions {
		q.answer.at = c.now
		if q.traits.Live && len(q.parcels) == 0 {
			q.err = errWeight
		}
	}
	cached, err := d.recall(ctx, s.Organization, c.questions)
	if err != nil {
		d.log().Warn("cached rates cannot be read", "error", err)
	}
	var asked []*question
	var all sync.WaitGroup
	for _, q := range c.questions {
		if found, ok := cached[string(q.key)]; ok && q.traits.Live {
			q.answer, q.err = found.answer, found.err
		} else if q.err == nil {
			asked = append(asked, q)
			all.Go(func() { q.answer.Rates, q.err = d.rates(ctx, s, q) })
		}
	}
	all.Wait()
	if ctx.Err() != nil { // the buyer has gone, which says nothing of the carriers
		asked = slices.DeleteFunc(asked, func(q *question) bool { return q.err != nil })
	}
	for _, q := range asked {
		if q.err != nil {
			d.log().Warn("a carrier gave no rates", "channel", q.code, "kind", q.kind, "error", q.err)
		}
	}
	if err := d.keep(ctx, s.Organization, c.now, asked); err != nil {
		d.log().Warn("rates cannot be cached", "error", err)
	}
}

// rates asks one carrier and waits no longer than the deadline, whatever the carrier does. Who asks the same at the same time
// gets the same answer, even if the first to ask has gone.
func (d *Desk) rates(ctx context.Context, s Consignment, q *question) ([]module.Rate, error) {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	answered := d.asking.DoChan(string(q.key), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), deadline)
		defer cancel()
		return d.Carriers.Rates(ctx, s.Organization, q.channel, q.request)
	})
	select {
	case r := <-answered:
		if r.Err != nil {
			return nil, r.Err
		}
		rates, _ := r.Val.([]module.Rate)
		return sound(rates, s.Currency)
	case <-ctx.Done():
		d.asking.Forget(string(q.key))
		return nil, errLate
	}
}
