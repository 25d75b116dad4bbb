package fedexsim

import (
	"slices"
	"time"
)

// FedEx lets an address ask for three tokens a second over five seconds, and for one a second over two minutes. Who asks more
// often gets none for ten minutes. The simulator takes all who ask for one address.
const (
	mostAtOnce, atOnce = 15, 5 * time.Second
	mostInAll, inAll   = 120, 2 * time.Minute
	shutFor            = 10 * time.Minute
)

// throttle is when tokens were asked for.
type throttle struct {
	asked []time.Time // within inAll, the oldest first
	until time.Time   // no tokens before
}

// admits notes a question for a token, and tells whether it is answered. The caller holds the simulator's lock.
func (t *throttle) admits(now time.Time) bool {
	if now.Before(t.until) {
		return false
	}
	t.asked = slices.DeleteFunc(t.asked, func(at time.Time) bool { return now.Sub(at) >= inAll })
	t.asked = append(t.asked, now)
	burst := 0
	for _, at := range t.asked {
		if now.Sub(at) < atOnce {
			burst++
		}
	}
	if burst <= mostAtOnce && len(t.asked) <= mostInAll {
		return true
	}
	t.asked, t.until = nil, now.Add(shutFor)
	return false
}
