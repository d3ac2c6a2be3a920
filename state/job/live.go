package job

import (
	"sync"
	"unicode/utf8"

	"relaytop/relay"
)

// tailBytes bounds the text that is kept of a row while it streams; textRunes bounds what a Row shows.
const (
	tailBytes = 1600
	textRunes = 200
)

// liveRow is a row in flight: from Submit until its record is durable.
type liveRow struct {
	relay.Progress
	run      *run
	i        int
	try      int
	own      string      // its id in the output
	tail     []byte      // the end of the newest attempt's text
	worst    relay.Money // reserved from the budget
	prior    relay.Money
	before   *relay.Usage // as prior
	sent     bool         // the journal says so
	ended    bool         // Done has come; its record is on its way
	back     bool         // it was not answered, and is to be sent again
	others   bool         // when it was sent, other rows had been answered since it was put back
	skipped  bool         // the user left it out while it was in flight
	recalled bool         // it was cancelled before it was sent, for a pause
	judged   bool         // its answer has to fit the schema of the run
	probe    bool         // it was sent to see whether the relay answers again
	id       relay.ID
}

// liveRows are the rows in flight of all runs, by the requests that were sent for them.
type liveRows struct {
	mu   sync.RWMutex
	rows map[relay.ID]*liveRow
}

func (s *liveRows) add(l *liveRow) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows[l.id] = l
}

func (s *liveRows) drop(id relay.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.rows, id)
}

// get is the row of a request; nil: it is of none.
func (s *liveRows) get(id relay.ID) *liveRow {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.rows[id]
}

// fold folds one event. The run's lock is held. Done is not folded: the row does not change until its record is
// durable.
func (l *liveRow) fold(ev *relay.Event) {
	if !l.Fold(ev) {
		return
	}
	switch ev.Kind {
	case relay.Sent:
		l.tail = l.tail[:0]
	case relay.Reread:
		l.tail = append(l.tail[:0], ev.Text[max(len(ev.Text)-tailBytes, 0):]...)
	case relay.Text, relay.Refusal, relay.Tool:
		l.tail = append(l.tail, ev.Text...)
		if len(l.tail) > 2*tailBytes {
			l.tail = append(l.tail[:0], l.tail[len(l.tail)-tailBytes:]...)
		}
	}
}

// underway reports whether an attempt is with a relay.
func (l *liveRow) underway() bool {
	return l.Phase == relay.PhaseSent || l.Phase == relay.PhaseStreaming
}

// outcome is the state of the row.
func (l *liveRow) outcome() Outcome {
	switch l.Phase {
	case relay.PhaseQueued:
		return RowQueued
	case relay.PhaseSent:
		return RowWaiting
	case relay.PhaseWaiting:
		if l.Sent.IsZero() {
			return RowHeld
		}
		return RowRetrying
	case relay.PhaseFailed:
		return RowRetrying
	case relay.PhaseStreaming, relay.PhaseEnded:
	}
	return RowStreaming
}

// row is the row as the pane draws it.
func (l *liveRow) row(price relay.Forecast) Row {
	r := Row{N: l.i + 1, ID: l.own, Outcome: l.outcome(), Writing: l.ended && !l.back, Model: l.Model,
		Attempt: int(l.Attempt), Of: int(l.Of), Text: lastRunes(l.tail, textRunes), Reason: l.Reason, Class: l.Class,
		Fallback: l.Fallback, Since: l.Since, Until: l.Until, Request: l.id}
	r.TTFT, _ = l.TTFT()
	r.Out, r.OutEst = l.Output()
	if r.Outcome == RowStreaming {
		r.TokPerSec, _ = relay.LiveSpeed(r.Out, l.First, l.Last, l.Last)
	}
	if price != nil && r.Out > 0 {
		if c, ok := price(l.Model, 0, r.Out); ok {
			r.CostEst = c.Amount
		}
	}
	return r
}

func lastRunes(b []byte, n int) string {
	i := len(b)
	for ; n > 0 && i > 0; n-- {
		_, size := utf8.DecodeLastRune(b[:i])
		i -= size
	}
	return string(b[i:])
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return string([]byte(s[:i])) // a copy: the rest of the answer can be freed
		}
	}
	return s
}
