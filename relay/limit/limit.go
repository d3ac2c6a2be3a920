// Package limit keeps requests within what a relay allows: requests and tokens a minute, and how many are in
// flight. Rules:
//
//   - A request reserves before it is sent: itself, its estimated input, and the mean output of the model (not
//     max_tokens: reserving that starves the budget). It settles when its usage is known.
//   - No minute holds more than its limit, whenever it begins, and at most a tenth of that is used at once. What was
//     used beyond a reservation counts as well.
//   - Reservations are served in order. One in twenty is kept for chats, and a chat overtakes the requests that wait.
//   - A limit that nobody set holds no chat back for more than a few seconds, unless the relay has refused before.
//   - What a relay reports as left can only tighten a budget. A limit of 0 is off.
//   - Concurrency goes down by half when a relay is overrun, and doubles with clean answers up to the next refusal,
//     never above the user's number.
package limit

import (
	"sync"
	"time"

	"relaytop/relay"
)

// Limiter holds the budgets of all endpoints. It may be used from any goroutine.
type Limiter struct {
	notify relay.Sink

	mu         sync.Mutex
	byName     map[string]*endpoint
	order      []*endpoint
	meanOutput map[string]float64 // tokens of an answer by model, moving average
}

type endpoint struct {
	name     string
	requests *budget
	tokens   *budget
	gate     gate
	refused  bool   // it has refused a request because of its rate
	sent     minute // requests
	used     minute // tokens
}

// New makes a limiter. workers is the number of requests in flight for endpoints that do not state their own;
// notify, which may be nil, gets a relay.Limit event when the concurrency is adapted.
func New(endpoints []relay.Endpoint, workers int, notify relay.Sink) *Limiter {
	if notify == nil {
		notify = func(relay.Event) {}
	}
	l := &Limiter{notify: notify, byName: map[string]*endpoint{}, meanOutput: map[string]float64{}}
	now := time.Now()
	for _, e := range endpoints {
		one := &endpoint{
			name:     e.Name,
			requests: newBudget(relay.WhatRequests, e.RPM, now),
			tokens:   newBudget(relay.WhatTokens, e.TPM, now),
			gate:     newGate(e.Concurrency, workers),
		}
		one.requests.assumed, one.tokens.assumed = e.AssumedRPM, e.AssumedTPM
		one.requests.setting, one.tokens.setting = e.RPMSetting, e.TPMSetting
		l.byName[e.Name], l.order = one, append(l.order, one)
	}
	return l
}

const (
	smoothing  = 0.2  // weight of the newest answer in the moving average
	mostOutput = 1e12 // keeps the average from overflowing
)

// assumedWait is the longest that a limit which nobody set holds a chat back.
const assumedWait = 5 * time.Second

// Hold is what one attempt has reserved. Exactly one of Cancel and Settle ends it; a nil Hold reserves nothing.
type Hold struct {
	l        *Limiter
	e        *endpoint
	lane     relay.Lane
	model    string
	begun    time.Time
	requests *share
	tokens   *share
	Delay    time.Duration   // the attempt must not be sent sooner; Again says then whether it may
	Cause    relay.WaitCause // what the wait is for; zero if Delay is 0
}

// Reserve takes one request and its tokens out of an endpoint's budgets. input is the estimate of its input tokens.
// The caller waits out Delay and calls Again until that is 0.
func (l *Limiter) Reserve(name, model string, lane relay.Lane, input int64) *Hold {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.byName[name]
	if e == nil {
		return nil
	}
	output, known := l.meanOutput[model]
	if !known {
		output = relay.AssumedAnswer
	}
	now := time.Now()
	h := &Hold{l: l, e: e, lane: lane, model: model, begun: now}
	h.requests = e.requests.enqueue(1, lane)
	h.tokens = e.tokens.enqueue(max(input, 0)+int64(output), lane)
	h.try(now)
	return h
}

// Again says after Delay whether the attempt may be sent: Delay is 0 then. Chats may have overtaken it.
func (h *Hold) Again() {
	h.l.mu.Lock()
	defer h.l.mu.Unlock()
	h.try(time.Now())
}

// Insist sends the attempt whatever the limits say.
func (h *Hold) Insist() {
	h.l.mu.Lock()
	defer h.l.mu.Unlock()
	h.send(time.Now())
}

// try sends the attempt if the limits allow it, or finds how long it has to wait.
func (h *Hold) try(now time.Time) {
	h.Delay, h.Cause = 0, relay.WaitCause{}
	h.wait(h.e.requests, h.requests, now)
	h.wait(h.e.tokens, h.tokens, now)
	if h.Delay <= 0 {
		h.send(now)
	}
}

func (h *Hold) send(now time.Time) {
	h.Delay = 0
	h.e.requests.send(h.requests, now)
	h.e.tokens.send(h.tokens, now)
}

// wait takes over the wait for a share if it is the longest.
func (h *Hold) wait(b *budget, s *share, now time.Time) {
	d, held := b.wait(s, now)
	if !held && h.lane == relay.LaneChat && b.assumed && !h.e.refused {
		d = min(d, max(h.begun.Add(assumedWait).Sub(now), 0))
	}
	if d <= h.Delay {
		return
	}
	h.Delay = d
	h.Cause = relay.WaitCause{
		Kind: relay.WaitLimit, Endpoint: h.e.name, What: b.what, N: b.perMinute, Wait: d, Setting: b.setting,
	}
	if held {
		h.Cause.Kind = relay.WaitUsedUp
	}
}

// Sent says that the attempt is sent now.
func (h *Hold) Sent() {
	if h == nil {
		return
	}
	h.l.mu.Lock()
	defer h.l.mu.Unlock()
	now := time.Now()
	h.e.requests.sentNow(h.requests, now)
	h.e.tokens.sentNow(h.tokens, now)
}

// Cancel gives back what was reserved: nothing was sent.
func (h *Hold) Cancel() {
	if h == nil {
		return
	}
	h.l.mu.Lock()
	defer h.l.mu.Unlock()
	now := time.Now()
	h.e.requests.settle(h.requests, 0, now)
	h.e.tokens.settle(h.tokens, 0, now)
}

// Settle replaces the reserved tokens with those used. Without usage the reservation is kept.
func (h *Hold) Settle(u *relay.Usage) {
	if h == nil {
		return
	}
	h.l.mu.Lock()
	defer h.l.mu.Unlock()
	now := time.Now()
	if h.e.sent.add(1, now); u == nil {
		return
	}
	in, out := min(max(u.Input, 0), mostOutput), min(max(u.Output, 0), mostOutput)
	h.e.tokens.settle(h.tokens, float64(in+out), now)
	h.e.used.add(in+out, now)
	if out == 0 {
		return
	}
	if old, ok := h.l.meanOutput[h.model]; ok {
		h.l.meanOutput[h.model] = old + smoothing*(float64(out)-old)
	} else {
		h.l.meanOutput[h.model] = float64(out)
	}
}

// Ready reports whether a request of the lane could be sent to the endpoint at once.
func (l *Limiter) Ready(name string, lane relay.Lane) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.byName[name]
	if e == nil {
		return true
	}
	now := time.Now()
	return e.requests.ready(lane, now) && e.tokens.ready(lane, now) && e.gate.free(lane)
}

// Observe tightens an endpoint's budgets to what its response headers report as left.
func (l *Limiter) Observe(name string, limits relay.Limits) {
	if limits == (relay.Limits{}) {
		return // there was no response
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.byName[name]
	if e == nil {
		return
	}
	now := time.Now()
	e.requests.tighten(limits.Requests, limits.RequestsReset, now)
	e.tokens.tighten(limits.Tokens, limits.TokensReset, now)
}
