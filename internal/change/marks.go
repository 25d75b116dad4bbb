package change

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// exactMarks is up to how many records a change is found by each record's own mark.
const exactMarks = 16

// marksOf are the index keys by which History finds a change. A change of few records has a mark for each. A chunk has
// one for each millisecond in which its records were created, which their UUIDv7 begins with: an import creates thousands
// of records in a few of them, so the index costs next to nothing, and only the chunks of such neighbours are looked into.
func marksOf(ids []uuid.UUID) []int64 {
	marks := make([]int64, 0, min(len(ids), exactMarks))
	for _, id := range ids {
		mark, moment := markPair(id)
		if len(ids) > exactMarks {
			mark = moment
		}
		if n := len(marks); n == 0 || marks[n-1] != mark {
			marks = append(marks, mark)
		}
	}
	slices.Sort(marks)
	return slices.Compact(marks)
}

// markPair gives both marks of a record: of its own, below zero, and of its millisecond, from zero.
func markPair(id uuid.UUID) (exact, moment int64) {
	head, tail := binary.BigEndian.Uint64(id[:8]), binary.BigEndian.Uint64(id[8:])
	// The millisecond's low bits and the random tail; two records that share them only cost a look.
	exact = int64((head>>16)<<40^tail) | -1<<63 // #nosec G115 -- all 64 bits are meant
	return exact, int64(head >> 16)             // #nosec G115 -- 48 bits
}

func numbers(marks []int64) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, m := range marks {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(m, 10))
	}
	return b.String() + "}"
}
