package stripesim

import (
	"slices"
	"time"
)

// behave changes how events are delivered from now on.
func (o *outbox) behave(mode string) bool {
	if !slices.Contains([]string{"on", "off", "doubled", "delayed", "reversed", "badSignature"}, mode) {
		return false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.mode = mode
	o.signal()
	return true
}

func (o *outbox) delayBy(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.delay = d
}

func (o *outbox) sendTo(url string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.url = url
	o.signal()
}

// resend sends an event once more, or all of them.
func (o *outbox) resend(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	found := id == "all"
	for _, e := range o.events {
		if id == "all" || e.id == id {
			found = true
			o.queue = append(o.queue, delivery{e, time.Now()})
		}
	}
	o.signal()
	return found
}

// told lists the events with what became of them.
func (o *outbox) told() []object {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := make([]object, 0, len(o.events))
	for _, e := range o.events {
		list = append(list, object{"id": e.id, "type": e.kind, "delivered": e.sent, "attempts": e.attempts, "status": e.status})
	}
	return list
}

func (o *outbox) shape() (mode, url string, waiting int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.mode, o.url, len(o.queue)
}
