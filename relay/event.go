package relay

import (
	"encoding/json"
	"time"
)

// Kind is the kind of an Event.
type Kind uint8

// The kinds. Every request begins with Queued and ends with exactly one Done; between them each attempt begins with
// Sent. Engine events (Breaker, Limit, Quirk, Notice) may carry no ID.
const (
	Queued    Kind = iota + 1 // entered its lane
	Sent                      // an attempt's round trip begins: Attempt, Endpoint, Model
	Answering                 // the response headers have come: Status
	Text                      // visible text: Text
	Reasoning                 // reasoning text: Text
	Refusal                   // refusal text: Text
	Reread                    // what came reads differently: Text is the whole text so far, Reason the whole reasoning
	Tool                      // a piece of a tool call: Index, Name (first piece), Text (arguments)
	Metered                   // usage so far: Usage
	Failed                    // the attempt ended without an answer: Err
	Waiting                   // nothing is sent until Until: Cause says who holds it back and why, Reason in words
	FellBack                  // the next attempt asks another model: From, Model, Reason
	Done                      // the end of the request: Result
	Breaker                   // a breaker changed: Endpoint, Model, Breaker, Until
	Limit                     // a limiter or the adaptive concurrency acted: Endpoint, Reason, Until
	Quirk                     // something was learned about an endpoint: Endpoint, Model, Reason
	Notice                    // anything else to show: Reason
	Exchanged                 // an attempt's bytes, once it has ended: Exchange
)

// BreakerState is the state of the circuit breaker of an endpoint and model.
type BreakerState uint8

// The states of a breaker.
const (
	BreakerClosed   BreakerState = iota // requests pass
	BreakerOpen                         // nothing is sent
	BreakerHalfOpen                     // one request is let through as a probe
)

// String is the state in a word: closed, open or half-open.
func (s BreakerState) String() string {
	switch s {
	case BreakerOpen:
		return "open"
	case BreakerHalfOpen:
		return "half-open"
	case BreakerClosed:
	}
	return "closed"
}

// Event is one thing that happened to a request. It is flat and passed by value: folding one costs no allocation.
// At is taken on the byte read, from the monotonic clock, before anything is parsed.
type Event struct {
	Kind     Kind
	Attempt  uint8
	Of       uint8        // Sent, Waiting: the number that the last attempt may have, 0: not known
	Breaker  BreakerState // Breaker: the new state
	Index    int16        // Tool: which call
	Status   int16        // Answering: the HTTP status
	Lane     Lane
	ID       ID
	At       time.Time
	Text     string
	Name     string // Tool: the function's name; the call's ID is in Reason
	Endpoint string
	Model    string
	From     string // FellBack: the model given up
	Reason   string
	Until    time.Time
	Cause    *WaitCause // Waiting
	Err      *Error
	Usage    *Usage // Metered, Failed; Queued: an estimate of the tokens that will be sent
	Result   *Result
	Exchange *Exchange
}

// Sink takes events as they happen, from any goroutine. It must be quick and must not wait for a disk or a screen.
type Sink func(Event)

// Usage counts tokens. Cached is part of Input, Reasoning is part of Output: neither is added again.
type Usage struct {
	Input      int64 `json:"input"`
	Cached     int64 `json:"cached"`
	CacheWrite int64 `json:"cache_write,omitempty"`
	Output     int64 `json:"output"`
	Reasoning  int64 `json:"reasoning"`
	Total      int64 `json:"total"`
	Estimated  bool  `json:"estimated"`          // not sure: counted by us from the text, or Doubtful
	Doubtful   bool  `json:"doubtful,omitempty"` // the relay's own counts contradict each other
}

// Add adds the usage of another request. The sum is an estimate as soon as a part of it is.
func (u *Usage) Add(v *Usage) {
	u.Input += v.Input
	u.Cached += v.Cached
	u.CacheWrite += v.CacheWrite
	u.Output += v.Output
	u.Reasoning += v.Reasoning
	u.Total += v.Total
	u.Estimated = u.Estimated || v.Estimated
	u.Doubtful = u.Doubtful || v.Doubtful
}

// Timing holds the stamps of one attempt; a zero stamp never happened. All come from one monotonic clock.
type Timing struct {
	Sched, Send, Conn, TLS, Wrote, FirstByte, First, FirstOut, Last, Done time.Time

	Whole  bool          `json:",omitempty"` // it came as one JSON document: it has no first token of its own
	Chunks int           // token-bearing chunks
	Wait   time.Duration // sum of the retry waits of the whole request
	Other  time.Duration // the part of Sched to Send that is not our own waiting: earlier attempts, and Wait
	Gaps   []time.Duration
}

func span(from, to time.Time) (time.Duration, bool) {
	if from.IsZero() || to.IsZero() {
		return 0, false
	}
	return to.Sub(from), true
}

// TTFT is the time from sending to the first token, reasoning included. False: no token came, or all came in one
// JSON document, which has only an E2E.
func (t *Timing) TTFT() (time.Duration, bool) { return t.streamed(t.First) }

// TTFO is the time from sending to the first token that is not reasoning. False as TTFT.
func (t *Timing) TTFO() (time.Duration, bool) { return t.streamed(t.FirstOut) }

func (t *Timing) streamed(at time.Time) (time.Duration, bool) {
	if t.Whole {
		return 0, false
	}
	return span(t.Send, at)
}

// TTFB is the time from sending to the first byte of the response.
func (t *Timing) TTFB() (time.Duration, bool) { return span(t.Send, t.FirstByte) }

// Queue is our own waiting before sending, of all attempts: lanes and limits. It does not overlap with Wait.
func (t *Timing) Queue() (time.Duration, bool) {
	d, ok := span(t.Sched, t.Send)
	return max(d-t.Other, 0), ok
}

// E2E is the time from sending to the last token; the usage chunk and [DONE] are not in it.
func (t *Timing) E2E() (time.Duration, bool) { return span(t.Send, t.Last) }

// shortestStream is the shortest time between the first and the last token that a speed can be derived from, and
// shortestToken the shortest time of one token. What comes in less was held back on its way and passed on at once:
// its time is that of our own reading, about 1 us a chunk on a machine at rest.
const (
	shortestStream = 20 * time.Millisecond
	shortestToken  = 20 * time.Microsecond
)

// atOnce reports whether tokens that came over so long say nothing about a speed.
func atOnce(over time.Duration, tokens int64) bool {
	return over < shortestStream || over/shortestToken < time.Duration(tokens)
}

// TPOT is the mean time per output token after the first. False if out < 2, no token came, or all came at once.
func (t *Timing) TPOT(out int64) (time.Duration, bool) {
	d, ok := span(t.First, t.Last)
	if !ok || out < 2 || t.Whole || atOnce(d, out) {
		return 0, false
	}
	return d / time.Duration(out-1), true
}

// Speed is the output tokens a second after the first one: 1 / TPOT.
func (t *Timing) Speed(out int64) (float64, bool) {
	d, ok := t.TPOT(out)
	if !ok {
		return 0, false
	}
	return 1 / d.Seconds(), true
}

// Burst reports whether a stream of several tokens came at once, within 20 ms or at more than 50,000 tokens a second:
// it has no speed.
func (t *Timing) Burst(out int64) bool {
	d, ok := span(t.First, t.Last)
	return ok && out >= 2 && !t.Whole && atOnce(d, out)
}

// Status is how a request ended.
type Status string

// The ways to end. ok: finish_reason stop or tool_calls. length and filtered are complete but not ok, and win over
// empty. incomplete: the finish_reason is a word that is not known, so the answer may be whole or not. A stream that
// broke after visible text is truncated, whatever the cause.
const (
	StatusOK         Status = "ok"
	StatusLength     Status = "length"
	StatusFiltered   Status = "filtered"
	StatusIncomplete Status = "incomplete"
	StatusTruncated  Status = "truncated"
	StatusEmpty      Status = "empty"
	StatusFailed     Status = "failed"
	StatusCancelled  Status = "cancelled"
)

// Answered reports whether an answer, perhaps an incomplete one, was kept.
func (s Status) Answered() bool {
	switch s {
	case StatusOK, StatusLength, StatusFiltered, StatusIncomplete:
		return true
	case StatusTruncated, StatusEmpty, StatusFailed, StatusCancelled:
	}
	return false
}

// Class is the class of failure by the status alone, for a result without an error; "" for an answer.
func (s Status) Class() Class {
	switch s {
	case StatusOK, StatusLength, StatusFiltered, StatusIncomplete:
		return ""
	case StatusTruncated:
		return ClassTruncated
	case StatusEmpty:
		return ClassEmpty
	case StatusCancelled:
		return ClassCancelled
	case StatusFailed:
	}
	return ClassProtocol
}

// Attempt is the record of one round trip.
type Attempt struct {
	N          int
	Endpoint   string
	Model      string // asked for
	Status     int    // HTTP status; 0: no response
	Class      Class  // "" is ok
	Message    string
	Wait       time.Duration // how long we waited after it
	WaitReason string
	Timing     Timing
	Usage      *Usage
	Cost       Cost // of this attempt alone; without a source: it is not billed
}

// Fallback says that a model other than the one requested answered, and why.
type Fallback struct {
	From   string `json:"from"`
	To     string `json:"to"`
	Reason string `json:"reason"`
}

// Reply is the outcome of one round trip, a flat record. openai makes it; the pool turns the last one into a Result.
type Reply struct {
	Status    Status
	HTTP      int
	Finish    string // finish_reason as sent
	Model     string // as answered; "" if the relay did not say
	Text      string
	Reasoning string
	Refusal   string
	Tools     []ToolCall
	Visible   bool // a token that a person could have seen was passed on
	Usage     *Usage
	Reported  *Money          // usage.cost of the body, or another cost that it states
	Header    *Money          // x-litellm-response-cost
	Raw       json.RawMessage // the JSON of a plain answer, as it came
	Remote    string          // the relay's own request id
	Limits    Limits
	Timing    Timing
	Err       *Error // why the status is not ok

	ReportedRough bool // Reported is the relay's own estimate, or not all of it
}

// Limits are the relay's limits by its response headers. Negative: not stated.
type Limits struct {
	Requests, Tokens           int64 // remaining
	RequestsReset, TokensReset time.Duration
	RequestsLimit, TokensLimit int64
}

// Result is the end of a request, a flat record of what came of it.
type Result struct {
	ID        ID
	Lane      Lane
	Status    Status
	Finish    string
	Requested string // the model first asked for
	Asked     string // the model of the attempt that answered
	Model     string // as the relay named it; "" if it did not
	Endpoint  string
	Text      string
	Reasoning string
	Refusal   string
	Tools     []ToolCall
	Usage     *Usage // all that is billed: of the answer and of the attempts before it. AnswerUsage is of the answer
	Cost      Cost   // of the same
	Timing    Timing // of the attempt that answered, Sched of the request
	Attempts  []Attempt
	Fallback  *Fallback
	Cached    bool // served from our own cache
	Back      Back // a row of a batch: why it is to be sent again later
	Raw       json.RawMessage
	Remote    string
	Wall      time.Time // wall clock when it ended
	Err       *Error
}

// Back says why a row of a batch that was not answered is to be sent again later. BackNone: it is not.
type Back uint8

// The reasons.
const (
	BackNone    Back = iota
	BackRound        // its attempts failed, while the endpoint answered other requests: it may be the row
	BackOutage       // its attempts failed, and the endpoint answered no other request meanwhile
	BackProbe        // it was the probe of a breaker, and failed: that says nothing about the row
	BackWait         // the relay asked for a longer wait than a batch is held for
	BackRefused      // not sent: the endpoint refuses every request
	BackUnsent       // not sent: while it waited, a budget was spent, or its run came to rest
)

// AnswerUsage is the usage of the last attempt alone: a speed, the length of the answer and the context that it was
// given are computed from it. Nil: not known.
func (r *Result) AnswerUsage() *Usage {
	if n := len(r.Attempts); n > 1 && r.Attempts[n-1].Usage != nil {
		return r.Attempts[n-1].Usage
	}
	return r.Usage
}

// Billable reports whether the relay may have charged for it: tokens were counted or an answer came. A request that
// was refused or never sent costs nothing and is not unknown.
func (r *Result) Billable() bool {
	return r.Status.Answered() || r.Usage != nil || r.Text != "" || r.Reasoning != ""
}
