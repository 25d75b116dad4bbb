package stripesim

import "strings"

// expanded are the parts of an answer that are asked for whole rather than by id: latest_charge.refunds makes
// {latest_charge: {refunds: {}}} (docs.stripe.com/api/expanding_objects).
type expanded map[string]expanded

func expansions(p parameters) expanded {
	tree := expanded{}
	for _, path := range p.below("expand") {
		at := tree
		for _, part := range strings.Split(path, ".") {
			if at[part] == nil {
				at[part] = expanded{}
			}
			at = at[part]
		}
	}
	return tree
}

// unknown gives the first path that names nothing that can be expanded.
func (e expanded) unknown(known expanded, above string) string {
	for name, below := range e {
		next, ok := known[name]
		if !ok {
			return above + name
		}
		if path := below.unknown(next, above+name+"."); path != "" {
			return path
		}
	}
	return ""
}

// What can be expanded of each kind of object. An intent's charge is not expanded to the intent again: nobody asks that.
var (
	ofCharge  = expanded{"refunds": {}}
	ofIntent  = expanded{"latest_charge": ofCharge, "payment_method": {}}
	ofRefund  = expanded{"payment_intent": ofIntent, "charge": ofCharge}
	ofSetup   = expanded{"payment_method": {}}
	ofSession = expanded{"payment_intent": ofIntent, "setup_intent": ofSetup, "line_items": {}}
)

func listOf(e expanded) expanded { return expanded{"data": e} }
