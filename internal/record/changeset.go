package record

import "github.com/hanse-commerce/hanse/resource"

// Operation is what a change set does to its records.
type Operation uint8

const (
	Create Operation = iota // the record must not exist
	Update                  // the record must exist
	Upsert                  // either
	Delete                  // the record must exist; gone with it is what it owns
)

// ExternalID is a record's name in another system.
type ExternalID struct{ System, ID string }

// Change is what one sender wants of one record.
type Change struct {
	// Target names the record; zero for a new one without a chosen id. An upsert whose Target is zero finds the record
	// by the natural key among its Values.
	Target resource.Ref
	// Values by position, absent where the sender said nothing; to-one relations hold references as resource.Ref
	// writes them.
	Values resource.Record
	// Links are to-one relations, by name, to the record that another change of the same batch makes or finds.
	Links map[string]*Change
	// Owned are the given lists of owned to-many relations, by name; a given list takes the place of the stored one.
	Owned map[string][]*Change
	// ExternalIDs are added to the record's own.
	ExternalIDs []ExternalID
	// OnlyExternalIDs: a stored record loses those of its external ids that are not among ExternalIDs.
	OnlyExternalIDs bool
	// Initial are values that only a new record gets; they never change an existing one. A reference that must exist,
	// whatever it is called, is an upsert with the key in Values and the rest in Initial.
	Initial resource.Record
	// Lenient names to-one relations whose reference may lead nowhere: the record is then written without it (the
	// relation counts as absent) and the change carries a warning.
	Lenient []string
	// Revision, if not zero, must be the stored one (If-Match).
	Revision int64
	// Group ties changes that apply together or not at all, such as what one row of a file yields; zero stands alone.
	Group int

	// Filled by Plan and Apply.
	ID      string
	Outcome Outcome
	Faults  []resource.Violation
	// Warnings did not keep the change from applying.
	Warnings []resource.Violation
	// Changed are the wire names of the fields that differ, for an update.
	Changed []string
	// Before holds the stored values of an existing record whose values differ.
	Before resource.Record
}

// Outcome is what became of a change.
type Outcome uint8

const (
	Pending Outcome = iota
	Created
	Updated
	Unchanged
	Deleted
	Failed
)

func (o Outcome) String() string {
	return [...]string{"pending", "created", "updated", "unchanged", "deleted", "failed"}[o]
}

// ChangeSet is changes of one operation to records of one type.
type ChangeSet struct {
	Type      *resource.Type
	Operation Operation
	Changes   []*Change
}

// Batch is change sets that apply in order in one transaction: those that others link to come first.
type Batch struct{ Sets []*ChangeSet }

// Add puts a change into the last set if type and operation agree, else into a new one, and gives it back.
func (b *Batch) Add(t *resource.Type, op Operation, c *Change) *Change {
	for _, s := range b.Sets {
		if s.Type == t && s.Operation == op {
			s.Changes = append(s.Changes, c)
			return c
		}
	}
	b.Sets = append(b.Sets, &ChangeSet{Type: t, Operation: op, Changes: []*Change{c}})
	return c
}

// Reset forgets what Plan and Write found, so that the change can be planned again after its transaction was rolled back.
func (c *Change) Reset() {
	c.ID, c.Outcome, c.Faults, c.Warnings, c.Changed, c.Before = "", Pending, nil, nil, nil, nil
	for _, list := range c.Owned {
		for _, child := range list {
			child.Reset()
		}
	}
}

// Arrange puts the sets whose changes others link to before those that link, and keeps the order otherwise. Sets that link
// to each other in a circle stay as they are; planning them says so.
func (b *Batch) Arrange() {
	of := map[*Change]*ChangeSet{}
	for _, s := range b.Sets {
		for _, c := range s.Changes {
			of[c] = s
		}
	}
	arranged, met := make([]*ChangeSet, 0, len(b.Sets)), map[*ChangeSet]bool{}
	var put func(s *ChangeSet)
	put = func(s *ChangeSet) {
		if met[s] {
			return
		}
		met[s] = true
		for _, c := range s.Changes {
			for _, to := range c.Links {
				if needed := of[to]; needed != nil && needed != s {
					put(needed)
				}
			}
		}
		arranged = append(arranged, s)
	}
	for _, s := range b.Sets {
		put(s)
	}
	b.Sets = arranged
}
