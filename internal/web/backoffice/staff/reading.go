package staff

import (
	"time"

	"github.com/hanse-commerce/hanse/internal/web/backoffice"
)

// reading is what a row of the ledger says beyond what the page shows as it is.
type reading struct {
	partner, duplicate, duplicateName, recordType, record string
	started, finished, placed, collected, acknowledged    *time.Time
	verdict, verdictText                                  string
}

func (r *reading) complete(e *backoffice.Exchange) {
	if r.started != nil {
		e.Started = *r.started
	}
	if r.finished != nil {
		e.Finished = *r.finished
	}
	if r.partner != "" {
		e.PartnerURL = "/admin/records/partners/" + r.partner
	}
	if r.duplicate != "" {
		e.DuplicateOf = &backoffice.Link{Text: r.duplicateName, URL: "/admin/exchanges/" + r.duplicate}
	}
	if r.record != "" && r.recordType != "" {
		e.Record = &backoffice.Link{Text: r.recordType, URL: "/admin/records/" + r.recordType + "/" + r.record}
	}
	e.Original = e.Hash != ""
	e.CanAgain = e.Direction == "in" && e.Original && !e.Running()
	if e.Direction == "out" {
		e.Handover = r.handover()
	}
}

// handover is the way of an outgoing message: that it was collected does not say that it was accepted.
func (r *reading) handover() []backoffice.Milestone {
	step := func(name string, at *time.Time, text string) backoffice.Milestone {
		m := backoffice.Milestone{Name: name, State: "waiting", Text: text}
		if at != nil {
			m.State, m.At = "done", *at
		}
		return m
	}
	answer := step("accepted", r.acknowledged, r.verdictText)
	if r.verdict == "rejected" {
		answer.Name, answer.State = "rejected", "failed"
	}
	return []backoffice.Milestone{step("sent", r.placed, ""), step("collected", r.collected, ""), answer}
}
