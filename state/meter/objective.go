package meter

import (
	"time"

	"relaytop/relay"
)

// Objectives are the longest latencies of a good answer. A zero is no objective.
type Objectives struct {
	TTFT, TPOT, E2E time.Duration
}

// Any reports whether any objective is stated.
func (o Objectives) Any() bool { return o != Objectives{} }

// Judge reports whether a request met all objectives, and whether it is judged at all: a cancelled one and an answer
// of our own cache are not, and without objectives nothing is. A failure is not good. An answer that came as one
// document was first read when all of it was there: its TTFT is its E2E. One without a TPOT, such as a burst, has
// met that objective.
func (o Objectives) Judge(r *relay.Result) (good, judged bool) {
	if !o.Any() || r.Cached || r.Status == relay.StatusCancelled {
		return false, false
	}
	if !r.Status.Answered() {
		return false, true
	}
	t := &r.Timing
	e2e, ended := t.E2E()
	ttft, ok := t.TTFT()
	if !ok {
		ttft, ok = e2e, ended
	}
	if o.TTFT > 0 && (!ok || ttft > o.TTFT) || o.E2E > 0 && (!ended || e2e > o.E2E) {
		return false, true
	}
	if u := r.AnswerUsage(); o.TPOT > 0 && u != nil {
		if tpot, ok := t.TPOT(u.Output); ok && tpot > o.TPOT {
			return false, true
		}
	}
	return true, true
}

// SetObjectives states what a good answer is, for the requests that end from now on.
func (m *Meter) SetObjectives(o Objectives) { m.objectives = o }
