package channel

import (
	"context"
	"sync"
	"time"
)

// flushEvery is how often a node writes the health of a channel at most.
const flushEvery = time.Second

// fresh is how much the newest call counts in a channel's latency.
const fresh = 0.2

// health gathers what became of a channel's calls on this node until it is written to the channel's row, where the calls of
// all nodes come together.
type health struct {
	host *Host
	id   string

	mu        sync.Mutex
	pending   tally
	scheduled bool
	last      time.Time // of the last write
}

// tally is what has to be written.
type tally struct {
	calls     int
	succeeded bool
	failed    bool
	words     string
	failures  int // since the last success, or since the last write
	latency   float64
}

func newHealth(h *Host, id string) *health { return &health{host: h, id: id} }

// note adds one attempt; words say how it failed, "" if it did not.
func (h *health) note(words string, took time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	ms := float64(took) / float64(time.Millisecond)
	if h.pending.calls++; h.pending.calls == 1 {
		h.pending.latency = ms
	} else {
		h.pending.latency += fresh * (ms - h.pending.latency)
	}
	if words == "" {
		h.pending.succeeded, h.pending.failures = true, 0
	} else {
		h.pending.failed, h.pending.words = true, words
		h.pending.failures++
	}
	if !h.scheduled {
		h.scheduled = true
		time.AfterFunc(max(0, flushEvery-time.Since(h.last)), h.flush)
	}
}

// flush writes what is pending.
func (h *health) flush() { h.host.behind.do(h.write) }

// flushNow is flush for the end of the process.
func (h *health) flushNow() { h.host.behind.do(h.write) }

// The revision stays: it is that of what administrators set.
const healthSQL = `update channel set
  last_success_at = case when $2 then clock_timestamp() else last_success_at end,
  last_failure_at = case when $3 then clock_timestamp() else last_failure_at end,
  last_failure = case when $3 then $4 else last_failure end,
  open_errors = least(case when $2 then 0 else open_errors end + $5, 1000000),
  latency = coalesce(latency, $6) + ($6 - coalesce(latency, $6)) * (1 - power(1 - $7::numeric, $8))
where id = $1`

func (h *health) write() {
	h.mu.Lock()
	t := h.pending
	h.pending, h.scheduled, h.last = tally{}, false, time.Now()
	h.mu.Unlock()
	if t.calls == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), writing)
	defer cancel()
	_, err := h.host.DB.Exec(ctx, healthSQL, h.id, t.succeeded, t.failed, clipped(t.words, 2000), t.failures, t.latency, fresh, t.calls)
	if err != nil {
		h.host.Log.Warn("the health of a channel was not written", "channel", h.id, "error", err)
	}
}
