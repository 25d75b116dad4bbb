package intake

import "github.com/hanse-commerce/hanse/internal/record"

// require fails the rows whose required records failed, for the same reason.
func (c *Chunk) require(plan *record.Plan) {
	for _, r := range c.Rows {
		for _, need := range r.requires {
			if need.Outcome == record.Failed && len(need.Faults) > 0 && len(r.Drafts) > 0 && !r.failed() && r.Skipped == "" {
				plan.Refuse(r.Drafts[0].Change, need.Faults[0])
			}
		}
	}
}
