package cli

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"relaytop/relay"
)

// rowsEvery is the least time between two lines about the rows of batches.
const rowsEvery = time.Minute

// rowTally counts what happened to the rows of batches since the last line about them. A row has no line of its own:
// the journal of its run has it, and a log of 20,000 rows would hold nothing else.
type rowTally struct {
	mu       sync.Mutex
	last     time.Time // of the last line; zero: there is none
	ended    map[relay.Status]int
	failures map[relay.Class]int // attempts that failed
}

// add counts an event, and returns a line if one is due; else "".
func (t *rowTally) add(e *relay.Event) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case e.Kind == relay.Failed && e.Err != nil:
		if t.failures == nil {
			t.failures = make(map[relay.Class]int)
		}
		t.failures[e.Err.Class]++
	case e.Kind == relay.Done && e.Result != nil:
		if t.ended == nil {
			t.ended = make(map[relay.Status]int)
		}
		t.ended[e.Result.Status]++
	default:
		return ""
	}
	if t.last.IsZero() {
		t.last = e.At
	}
	if e.At.Sub(t.last) < rowsEvery {
		return ""
	}
	t.last = e.At
	return t.take()
}

// rest returns a line about what was counted since the last; "": nothing was.
func (t *rowTally) rest() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.take()
}

func (t *rowTally) take() string {
	ended, failures := countsIn(t.ended), countsIn(t.failures)
	clear(t.ended)
	clear(t.failures)
	line := "rows of batches: " + cmp.Or(ended, "none ended")
	switch {
	case failures != "":
		return line + "; attempts that failed: " + failures
	case ended == "":
		return ""
	}
	return line
}

// countsIn lists counts with their names, in the order of the names.
func countsIn[K ~string](counts map[K]int) string {
	var list []string
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, fmt.Sprintf("%d %s", counts[k], k))
	}
	return strings.Join(list, ", ")
}
