package hanse

import (
	"context"
	"crypto/subtle"
	"net"
	"net/http"
	"strings"

	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
	"github.com/hanse-commerce/hanse/internal/point/channel"
	"github.com/hanse-commerce/hanse/internal/point/files/dispatch"
	"github.com/hanse-commerce/hanse/internal/secret"
)

// The host is what the areas of payment and shipping ask outside systems by.
var (
	_ payment.Gateways  = (*channel.Host)(nil)
	_ shipping.Carriers = (*channel.Host)(nil)
)

// newChannels makes the host of the configured modules.
func (s *server) newChannels() *channel.Host {
	keys := secret.Load(s.cfg.SecretKey, s.cfg.Data)
	if err := keys.Fault(); err != nil {
		s.log.Error("channels with secrets cannot be used on this node", "error", err)
	}
	return channel.New(channel.Options{DB: s.work, Registry: s.registry, Keys: keys, Blobs: s.blobs, PublicURL: s.httpURL(),
		Committed: s.sequencer.Wake, Log: s.log})
}

// newPayments makes the desk that works payments, and lets gateways tell it of them.
func (s *server) newPayments() *payment.Desk {
	desk := &payment.Desk{DB: s.work, Gateways: s.channels, Orders: order.Book{Outbox: dispatch.Outbox{Jobs: s.jobs}}, Registry: s.registry,
		Committed: s.sequencer.Wake, Log: s.log}
	s.channels.Events = desk.Event
	return desk
}

// closeChannels lets what modules said be recorded to its end.
func (s *server) closeChannels() {
	ctx, cancel := context.WithTimeout(context.Background(), s.grace())
	defer cancel()
	if err := s.channels.Close(ctx); err != nil {
		s.log.Warn("closing the channels", "error", err)
	}
}

// metrics answers Prometheus: on this machine, or with the token of the settings. What came through a proxy came from
// elsewhere.
func (s *server) metrics() http.Handler {
	figures := s.channels.Metrics.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.mayMeasure(r) {
			http.Error(w, "Figures are for this machine, or for who brings the metrics_token of the settings.", http.StatusForbidden)
			return
		}
		figures.ServeHTTP(w, r)
	})
}

func (s *server) mayMeasure(r *http.Request) bool {
	if s.cfg.MetricsToken != "" {
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		return ok && subtle.ConstantTimeCompare([]byte(token), []byte(s.cfg.MetricsToken)) == 1
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	return err == nil && net.ParseIP(host).IsLoopback() && r.Header.Get("Forwarded") == "" && r.Header.Get("X-Forwarded-For") == ""
}
