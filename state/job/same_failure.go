package job

import (
	"fmt"

	"relaytop/relay"
)

// alikeRows is how many rows in a row that end alike, and not well, pause a run.
const alikeRows = 20

// alike counts the rows that ended alike without a good answer since the last row that ended otherwise. Only final
// outcomes count: a row that is sent again has none yet.
type alike struct {
	ending   ending
	n        int
	accepted bool // a resume went on after a pause for this ending: it does not pause for it again
}

// ending is how a row ended: the class of a failure, or the status of an incomplete answer. "": it has a good answer.
type ending string

// endingOf is how a row ended.
func endingOf(res *relay.Result) ending {
	switch res.Status {
	case relay.StatusFailed, relay.StatusEmpty:
		return ending(failureOf(res))
	case relay.StatusTruncated, relay.StatusLength, relay.StatusFiltered, relay.StatusIncomplete:
		return ending(res.Status)
	case relay.StatusOK, relay.StatusCancelled:
	}
	return ""
}

// add counts an ending, and reports whether the rows have ended alike for long enough to pause the run.
func (a *alike) add(e ending) bool {
	if e != a.ending {
		*a = alike{ending: e}
	}
	if e == "" {
		return false
	}
	a.n++
	return a.n >= alikeRows && !a.accepted
}

// accept makes a run go on in spite of what it was paused for.
func (a *alike) accept(e ending) { *a = alike{ending: e, n: alikeRows, accepted: true} }

// says is why the run is paused.
func (a *alike) says() string {
	var why string
	switch relay.Status(a.ending) {
	case relay.StatusLength:
		why = "were cut by the limit of their length: raise max_tokens in a new run"
	case relay.StatusFiltered:
		why = "were filtered by the provider: look at what they ask for"
	case relay.StatusTruncated:
		why = "broke off: the connection to the relay does not hold"
	case relay.StatusIncomplete:
		why = "ended with a finish_reason that is not known"
	case relay.StatusOK, relay.StatusEmpty, relay.StatusFailed, relay.StatusCancelled:
	}
	if why == "" {
		class := relay.Class(a.ending)
		return fmt.Sprintf("%d rows in a row failed alike (%s): %s; resume to go on", a.n, class, class.Advice())
	}
	return fmt.Sprintf("%d answers in a row %s; resume to go on all the same", a.n, why)
}
