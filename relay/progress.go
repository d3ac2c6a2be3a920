package relay

import "time"

// Phase is the state of a request in flight.
type Phase uint8

// The phases of a request.
const (
	PhaseQueued    Phase = iota // in its lane; nothing was sent, unless its text comes from our own cache
	PhaseSent                   // an attempt was sent, no token has come
	PhaseStreaming              // tokens arrive
	PhaseFailed                 // an attempt failed; what follows is not decided
	PhaseWaiting                // nothing is sent until Until, for Reason: before the first attempt a limit, later a retry
	PhaseEnded                  // Done has come
)

// Progress is a request in flight, folded from its events in order. It has a fixed size and folding one allocates
// nothing for a token: there is one for each of thousands of rows.
//
// A new attempt resets stamps, tokens and usage. It keeps the class of the failure and the fallback, which belong
// to the request. Events of an attempt after it failed, and any after Done, are late and change nothing.
type Progress struct {
	Phase    Phase
	Attempt  uint8 // number of the newest attempt; 0: nothing was sent
	Of       uint8 // the number that the last attempt may have; 0: not known
	Lane     Lane
	Status   int16  // HTTP status of the newest attempt; 0: no response yet
	Chunks   int32  // token-bearing chunks of the newest attempt
	Model    string // asked now, or next
	Endpoint string // of the newest attempt
	Reason   string // why nothing is sent, or why an attempt failed; "" once one is sent
	Class    Class  // of the newest failure
	Fallback *Fallback
	Usage    *Usage     // of the newest attempt so far; nil: none was reported
	Tokens   TokenCount // estimate of the newest attempt's text so far, reasoning and tool calls included

	Since time.Time  // of the phase: queued, sent or failed; held back before the first attempt
	Until time.Time  // PhaseWaiting: when it ends; zero: not known
	Cause *WaitCause // PhaseWaiting: what nothing is sent for; nil: not known

	Queued                          time.Time
	Sent                            time.Time // the newest attempt's; zero: nothing was sent
	Answered, First, FirstOut, Last time.Time // response headers, first token, first that is not reasoning, newest token
}

// Fold takes in one event of the request. False: it is late, and nothing has changed. A token costs some ten
// nanoseconds.
func (p *Progress) Fold(ev *Event) bool {
	if p.Phase >= PhaseFailed && p.late(ev.Kind) {
		return false
	}
	switch ev.Kind {
	case Text, Reasoning, Refusal, Tool:
		p.Phase = PhaseStreaming
		p.Tokens.Quarters += TokenQuarters(ev.Text)
		if ev.Name != "" {
			p.Tokens.Quarters += TokenQuarters(ev.Name)
		}
		if ev.At != p.Last || p.Chunks == 0 { // pieces of one chunk have one stamp
			p.chunk(ev)
		}
	case Reread:
		if ev.Text == "" {
			p.FirstOut = time.Time{}
		} else if p.FirstOut.IsZero() {
			p.FirstOut = ev.At
		}
	case Queued:
		p.queued(ev)
	case Sent:
		p.sent(ev)
	case Answering:
		p.Answered, p.Status = ev.At, ev.Status
	case Metered:
		if ev.Usage != nil {
			p.Usage = ev.Usage
		}
	case Failed:
		p.failed(ev)
	case Waiting:
		p.waiting(ev)
	case FellBack:
		p.fellBack(ev)
	case Done:
		p.Phase, p.Until, p.Since = PhaseEnded, time.Time{}, ev.At
	}
	return true
}

// fellBack takes in that another model is asked, which may be the first one again.
func (p *Progress) fellBack(ev *Event) {
	if was := p.Fallback; was != nil && was.From == ev.Model {
		p.Fallback = nil
	} else {
		p.Fallback = &Fallback{From: ev.From, To: ev.Model, Reason: ev.Reason}
	}
	p.Model, p.Reason = ev.Model, ev.Reason
}

// late reports whether an event comes too late: of an attempt that has failed, or after the end.
func (p *Progress) late(k Kind) bool {
	switch k {
	case Text, Reasoning, Refusal, Reread, Tool, Answering, Metered:
		return p.Phase == PhaseFailed || p.Phase == PhaseEnded
	}
	return p.Phase == PhaseEnded
}

// chunk takes in the stamp of a token-bearing chunk.
func (p *Progress) chunk(ev *Event) {
	if p.Chunks == 0 {
		p.First = ev.At
	}
	if ev.Kind != Reasoning && p.FirstOut.IsZero() {
		p.FirstOut = ev.At
	}
	p.Last = ev.At
	p.Chunks++
}

func (p *Progress) queued(ev *Event) {
	p.Phase, p.Lane, p.Since = PhaseQueued, ev.Lane, ev.At
	if p.Queued.IsZero() {
		p.Queued = ev.At
	}
	if ev.Model != "" {
		p.Model = ev.Model
	}
}

func (p *Progress) sent(ev *Event) {
	*p = Progress{Phase: PhaseSent, Attempt: ev.Attempt, Of: ev.Of, Lane: ev.Lane, Model: p.Model, Endpoint: ev.Endpoint,
		Class: p.Class, Fallback: p.Fallback, Since: ev.At, Queued: p.Queued, Sent: ev.At}
	if ev.Model != "" {
		p.Model = ev.Model
	}
}

func (p *Progress) failed(ev *Event) {
	p.Phase, p.Since, p.Cause = PhaseFailed, ev.At, nil
	if ev.Err != nil {
		p.Reason, p.Class = ev.Err.Error(), ev.Err.Class
	}
}

func (p *Progress) waiting(ev *Event) {
	p.Phase, p.Reason, p.Cause, p.Until = PhaseWaiting, ev.Reason, ev.Cause, ev.Until
	if p.Sent.IsZero() {
		p.Since = ev.At
	}
	if ev.Model != "" {
		p.Model = ev.Model
	}
}

// Output is the number of output tokens of the newest attempt so far: the relay's own count once there is one, else
// an estimate.
func (p *Progress) Output() (n int64, estimated bool) {
	if p.Usage != nil && p.Usage.Output > 0 {
		return p.Usage.Output, p.Usage.Estimated
	}
	n = p.Tokens.Tokens()
	return n, n > 0
}

// TTFT is the time from sending the newest attempt to its first token. False: no token came, or none was sent for.
func (p *Progress) TTFT() (time.Duration, bool) { return span(p.Sent, p.First) }

// leastSpan is the shortest span over which a speed is meaningful: the first tokens often come in one piece.
const leastSpan = 300 * time.Millisecond

// LiveSpeed is the speed of an answer in flight, in tokens a second: the tokens after the first one, which came at
// first, over the time until at. False: there is one token at most, all came at once, or the time is shorter than
// 300 ms.
func LiveSpeed(tokens int64, first, last, at time.Time) (float64, bool) {
	d, ok := span(first, at)
	if !ok || tokens < 2 || d < leastSpan || atOnce(last.Sub(first), tokens) {
		return 0, false
	}
	return float64(tokens-1) / d.Seconds(), true
}
