package job

import (
	"time"
	"unicode/utf8"

	"relaytop/relay"
)

// tailBytes bounds the streaming text that is kept of a row; textRunes what a Row shows of it.
const (
	tailBytes = 1600
	textRunes = 200
)

// liveRow is a row in flight: from Submit until its record is durable.
type liveRow struct {
	run     *run
	i       int
	try     int
	own     string // its id in the output
	model   string
	outcome Outcome
	attempt int
	of      int
	since   time.Time
	sent    time.Time
	ttft    time.Duration
	first   time.Time
	tail    []byte
	last    time.Time        // when the newest piece came
	tokens  relay.TokenCount // of its text so far
	usage   *relay.Usage
	reason  string
	class   relay.Class
	until   time.Time
	fell    *relay.Fallback
	worst   relay.Money // reserved from the budget
	prior   relay.Money
	ended   bool // Done has come; its record is on its way
	id      relay.ID
}

// fold takes in one event; under the run's lock.
func (l *liveRow) fold(ev *relay.Event) {
	switch ev.Kind {
	case relay.Queued:
		l.outcome = RowQueued
	case relay.Sent:
		l.outcome, l.attempt, l.of, l.sent, l.since = RowWaiting, int(ev.Attempt), int(ev.Of), ev.At, ev.At
		l.model, l.reason, l.until = ev.Model, "", time.Time{}
		l.tail, l.tokens, l.ttft, l.first, l.usage = l.tail[:0], relay.TokenCount{}, 0, time.Time{}, nil
	case relay.Text, relay.Reasoning, relay.Refusal, relay.Tool:
		l.token(ev)
	case relay.Metered:
		l.usage = ev.Usage
	case relay.Failed:
		l.outcome, l.since = RowRetrying, ev.At
		if ev.Err != nil {
			l.reason, l.class = ev.Err.Error(), ev.Err.Class
		}
	case relay.Waiting:
		l.outcome, l.reason, l.until = RowRetrying, ev.Reason, ev.Until
		if l.sent.IsZero() {
			l.outcome, l.since = RowHeld, ev.At
		}
	case relay.FellBack:
		l.fell = &relay.Fallback{From: ev.From, To: ev.Model, Reason: ev.Reason}
	}
}

func (l *liveRow) token(ev *relay.Event) {
	if l.first.IsZero() {
		l.first = ev.At
		if !l.sent.IsZero() {
			l.ttft = ev.At.Sub(l.sent)
		}
	}
	l.outcome = RowStreaming
	l.last = ev.At
	l.tokens.Add(ev.Text)
	if ev.Kind == relay.Reasoning {
		return
	}
	l.tail = append(l.tail, ev.Text...)
	if len(l.tail) > 2*tailBytes {
		l.tail = append(l.tail[:0], l.tail[len(l.tail)-tailBytes:]...)
	}
}

// row is what the pane draws of it.
func (l *liveRow) row(price Price) Row {
	r := Row{N: l.i + 1, ID: l.own, Outcome: l.outcome, Model: l.model, Attempt: l.attempt, Of: l.of, TTFT: l.ttft, Text: lastRunes(l.tail, textRunes),
		Reason: l.reason, Class: l.class, Fallback: l.fell, Since: l.since, Until: l.until, Request: l.id}
	r.Out, r.OutEst = l.tokens.Tokens(), true
	if l.usage != nil && l.usage.Output > 0 {
		r.Out, r.OutEst = l.usage.Output, l.usage.Estimated
	}
	if l.usage == nil && r.Out == 0 {
		r.OutEst = false
	}
	if took := l.last.Sub(l.first); l.outcome == RowStreaming && r.Out > 1 && took > 0 {
		r.TokPerSec = float64(r.Out-1) / took.Seconds() // the first token has no time of its own
	}
	if price != nil && r.Out > 0 {
		if c, ok := price(l.model, 0, r.Out); ok {
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
			return string([]byte(s[:i])) // a copy: the rest of the answer is let go of
		}
	}
	return s
}
