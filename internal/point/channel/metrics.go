package channel

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/sony/gobreaker/v2"
)

// Metrics are the figures of a node for Prometheus: those of the process and of its channels.
type Metrics struct {
	registry *prometheus.Registry
	calls    *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	open     *prometheus.GaugeVec
	hooks    *prometheus.CounterVec
}

// NewMetrics makes the figures of a node.
func NewMetrics() *Metrics {
	channel := []string{"organization", "channel", "kind"}
	with := func(more ...string) []string { return append(append([]string(nil), channel...), more...) }
	m := &Metrics{registry: prometheus.NewRegistry(),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hanse_channel_calls_total",
			Help: "Attempts to call an outside system, by operation and outcome: ok, open (not asked, the circuit breaker is open) or the class of the error."},
			with("operation", "outcome")),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "hanse_channel_call_seconds",
			Help: "How long attempts took.", Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2, 5, 10, 20}}, with("operation")),
		open: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "hanse_channel_breaker_state",
			Help: "Circuit breaker of a channel on this node: 0 closed, 1 half open, 2 open."}, channel),
		hooks: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hanse_channel_hooks_total",
			Help: "Messages of outside systems, by outcome: ok, refused, failed or unavailable."}, with("outcome")),
	}
	m.registry.MustRegister(m.calls, m.seconds, m.open, m.hooks, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler answers Prometheus. Who may ask is its caller's business.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

func (u *unit) labels(more ...string) []string {
	return append([]string{u.organization, u.code, u.kind}, more...)
}

func (m *Metrics) call(u *unit, operation, outcome string, took time.Duration) {
	m.calls.WithLabelValues(u.labels(operation, outcome)...).Inc()
	if outcome != "open" {
		m.seconds.WithLabelValues(u.labels(operation)...).Observe(took.Seconds())
	}
}

func (m *Metrics) breaker(u *unit, s gobreaker.State) {
	m.open.WithLabelValues(u.labels()...).Set(float64(s)) // the numbers are gobreaker's own
}

func (m *Metrics) hook(u *unit, outcome string) {
	m.hooks.WithLabelValues(u.labels(outcome)...).Inc()
}
