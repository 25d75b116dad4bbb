package channel_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/module"
)

// TestCarrierThatHangs: a module that forgets the context ends with its call all the same.
func TestCarrierThatHangs(t *testing.T) {
	h := newHouse(t)
	h.secrets(t)
	h.till.hold = make(chan struct{})
	defer close(h.till.hold)
	began := time.Now()
	_, err := h.host.Rates(context.Background(), h.Organization, h.id, module.RateRequest{})
	wants(t, err, "timeout", "did not answer within 2s")
	if took := time.Since(began); took < 1500*time.Millisecond || took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestAnswerWithoutEnd(t *testing.T) {
	h := newHouse(t)
	h.secrets(t)
	flood := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for chunk := make([]byte, 1<<20); r.Context().Err() == nil; {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	defer flood.Close()
	h.Exec(`update channel set settings = jsonb_build_object('base', $2::text), revision = revision + 1 where id = $1`, h.id, flood.URL)
	_, err := h.pay(h.host, attempt(), "tok")
	wants(t, err, "connection", "larger than 8 MiB")
}

func TestRequestsCannotReadSecrets(t *testing.T) {
	h := newHouse(t)
	h.secrets(t)
	ctx := context.Background()
	err := pgx.BeginFunc(ctx, h.Pool, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, h.Caller); err != nil {
			return err
		}
		var n int
		return tx.QueryRow(ctx, "select count(*) from channel_secret").Scan(&n)
	})
	if err == nil {
		t.Error("a request reads the table of secrets")
	}
}

// TestSecretOfAnotherChannelDoesNotOpen: whoever writes to the database cannot have a key sent to a server of his.
func TestSecretOfAnotherChannelDoesNotOpen(t *testing.T) {
	h := newHouse(t)
	h.secrets(t)
	thief := h.Insert("channel", map[string]any{"code": "thief", "name": "Thief", "kind": "till", "settings": `{"base":"` + h.till.URL + `"}`})
	h.Exec(`insert into channel_secret (id, organization_id, channel_id, name, sealed)
		select gen_random_uuid(), organization_id, $2, name, sealed from channel_secret where channel_id = $1`, h.id, thief)
	_, err := h.host.Look(context.Background(), h.Organization, thief, module.PaymentLookup{})
	wants(t, err, "channel_unusable", "sealed for another place")
	if h.till.asked() != 0 {
		t.Error("the secret was used")
	}
}

// TestExchangeOfADeadProcessComesToAnEnd: what was begun long ago and not ended is told as broken off, what is under way is not.
func TestExchangeOfADeadProcessComesToAnEnd(t *testing.T) {
	h := newHouse(t)
	for name, age := range map[string]string{"dead": "6 minutes", "alive": "4 minutes"} {
		h.Exec(`insert into exchange (id, organization_id, direction, point, channel_id, name, status, started_at)
			values (gen_random_uuid(), $1, 'out', 'module', $2, $3, 'processing', now() - $4::text::interval)`, h.Organization, h.id, name, age)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.host.Run(ctx) }()
	eventually(t, "the dead one is ended", func() bool {
		var status string
		h.Scan(&status, "select status || coalesce(reason_code, '') from exchange where name = 'dead'")
		return status == "refusedbroken_off"
	})
	cancel()
	<-done
	var status string
	if h.Scan(&status, "select status from exchange where name = 'alive'"); status != "processing" {
		t.Errorf("what is under way is %s", status)
	}
}
