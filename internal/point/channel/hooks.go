package channel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/hanse-commerce/hanse/module"
)

// HooksPath is where outside systems send their messages, with the channel's UUID behind it (module.Channel.WebhookURL).
const HooksPath = "/hooks/"

const (
	largestNotification = 1 << 20
	hookDeadline        = 30 * time.Second
	// refusalsEvery is how often a channel's refused messages are kept on a node: anybody can send them, so they are counted
	// and one in a while is kept to be looked at.
	refusalsEvery = time.Minute
)

// Hooks takes the messages of outside systems: 200 is taken, 400 refused, 404 no such channel, 405, 413, and 503 come again
// later. What an answer says to its sender is never what is wrong with the settings.
func (h *Host) Hooks() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+HooksPath+"{channel}", h.receive)
	mux.HandleFunc(HooksPath, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			reply(w, http.StatusMethodNotAllowed, "Messages are sent by POST.")
			return
		}
		reply(w, http.StatusNotFound, noChannel)
	})
	return mux
}

const noChannel = "There is no channel that takes messages here."

func reply(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n") // #nosec G705 -- plain text of ours
}

// notice is one message that came in.
type notice struct {
	exchange string // UUID
	request  *http.Request
	body     []byte
	event    module.Event
	began    time.Time
}

func (h *Host) receive(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), hookDeadline)
	defer cancel()
	n := notice{request: r, began: time.Now()}
	u, hook := h.addressee(ctx, r.PathValue("channel"))
	if hook == nil {
		reply(w, http.StatusNotFound, noChannel)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestNotification))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		h.Metrics.hook(u, "refused")
		reply(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("A message has at most %d bytes.", largestNotification))
		return
	}
	if err != nil {
		reply(w, http.StatusBadRequest, "The message broke off.")
		return
	}
	n.body = body
	if err := u.usable(call{begun: true}); err != nil {
		h.Metrics.hook(u, "unavailable")
		w.Header().Set("Retry-After", "60")
		reply(w, http.StatusServiceUnavailable, "The channel takes no messages at present; send it again later.")
		return
	}
	h.hear(ctx, w, u, hook, n)
}

// addressee finds a channel that takes messages; hook nil: there is none.
func (h *Host) addressee(ctx context.Context, id string) (*unit, module.Webhook) {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return nil, nil
	}
	u, err := h.find(ctx, parsed.String())
	if err != nil {
		return nil, nil
	}
	hook, _ := u.module.(module.Webhook)
	return u, hook
}

// hear verifies a message, records it, and hands on what it says.
func (h *Host) hear(ctx context.Context, w http.ResponseWriter, u *unit, hook module.Webhook, n notice) {
	var err error
	n.event, err = h.verified(ctx, u, hook, n)
	if err != nil {
		h.unheard(ctx, w, u, n, u.clean(ctx, call{deadline: hookDeadline}, err))
		return
	}
	if err := h.arrived(ctx, u, &n, nil); err != nil {
		h.later(w, u, n, err)
		return
	}
	if h.Events != nil {
		if err := h.Events(ctx, u.organization, u.id, n.event); err != nil {
			h.settled(ctx, u, n, err)
			h.later(w, u, n, err)
			return
		}
	}
	h.settled(ctx, u, n, nil)
	h.Metrics.hook(u, "ok")
	reply(w, http.StatusOK, "Taken.")
}

// unheard answers a message that was not read. Who sent it is not known, so that only what is wrong with the message is told;
// the channel's own faults stand in the log and at the exchange.
func (h *Host) unheard(ctx context.Context, w http.ResponseWriter, u *unit, n notice, e *module.Error) {
	kept := u.refusals.due()
	if kept {
		h.turnDown(ctx, u, n, e)
	}
	if e.Class == module.Refused {
		h.Metrics.hook(u, "refused")
		reply(w, http.StatusBadRequest, sentence(e.Detail))
		return
	}
	if kept {
		h.Log.Error("a message of an outside system was not read", "channel", u.code, "kind", u.kind, "error", e)
	}
	h.Metrics.hook(u, "failed")
	w.Header().Set("Retry-After", "60")
	reply(w, http.StatusServiceUnavailable, "The message could not be read; send it again later.")
}

// later asks the sender to come again.
func (h *Host) later(w http.ResponseWriter, u *unit, n notice, err error) {
	h.Log.Error("a message of an outside system had no effect yet", "channel", u.code, "kind", u.kind, "event", u.redactor.text(n.event.ID),
		"error", u.redactor.text(err.Error()))
	h.Metrics.hook(u, "failed")
	w.Header().Set("Retry-After", "60")
	reply(w, http.StatusServiceUnavailable, "The message could not be taken; send it again later.")
}

// verified lets the module say who sent the message and what it is about.
func (h *Host) verified(ctx context.Context, u *unit, hook module.Webhook, n notice) (e module.Event, err error) {
	c, end := h.channel(ctx, u, call{operation: "webhook"})
	defer end()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the module broke down: %s", u.redactor.text(fmt.Sprint(r)))
		}
	}()
	return hook.Receive(c, module.Notification{Header: n.request.Header.Clone(), Body: n.body, Received: n.began})
}

// turnDown keeps a message that was not read.
func (h *Host) turnDown(ctx context.Context, u *unit, n notice, e *module.Error) {
	if err := h.arrived(ctx, u, &n, e); err != nil {
		h.Log.Warn("a refused message was not recorded", "channel", u.code, "error", err)
	}
}

// seldom lets something happen once in a while.
type seldom struct {
	mu   sync.Mutex
	last time.Time
}

func (s *seldom) due() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.last) < refusalsEvery {
		return false
	}
	s.last = time.Now()
	return true
}

// message is a message as the ledger keeps it.
func (r *redactor) message(n notice) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", n.request.Method, r.text(n.request.URL.Path))
	r.header(&b, n.request.Header)
	r.body(&b, n.request.Header, n.body)
	b.WriteString("\r\n")
	return []byte(b.String())
}
