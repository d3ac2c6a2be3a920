package job

import (
	"fmt"
	"time"

	"relaytop/relay"
)

// heldBy says why no row but a probe is sent to the endpoint, and until when: it is out, or it asked for a wait. A
// run whose last rows are all retried is held too. "": rows are sent.
func (r *rows) heldBy() (why string, until time.Time) {
	sent := 0
	for _, l := range r.live {
		switch {
		case l.ended:
		case l.Phase == relay.PhaseSent, l.Phase == relay.PhaseFailed:
			sent++
		case l.Phase == relay.PhaseStreaming:
			return "", time.Time{}
		case l.Cause != nil && endpointWaits(l.Cause.Kind) && (why == "" || l.Until.Before(until)):
			why, until = l.Cause.Why(), l.Until
		}
	}
	switch {
	case why == "" && r.ix != nil && r.nextFresh() < 0:
		return r.lastRetried()
	case sent > 1:
		return "", time.Time{}
	}
	return why, until
}

// lastRetried says that all rows that are left are retried, and until when they wait; "" if one of them is not.
func (r *rows) lastRetried() (why string, until time.Time) {
	n, cause := 0, ""
	for i, l := range r.live {
		again := r.again.rounds[i] != nil || l.Attempt > 1 || l.outcome() == RowRetrying
		switch {
		case l.ended && !l.back:
			continue
		case !again || l.Phase == relay.PhaseStreaming && !l.ended:
			return "", time.Time{}
		}
		n++
		if l.Phase != relay.PhaseWaiting || l.ended {
			continue
		}
		if until.IsZero() || l.Until.Before(until) {
			until = l.Until
		}
		if l.Cause != nil {
			cause = ": " + l.Cause.Why()
		}
	}
	switch n {
	case 0:
		return "", time.Time{}
	case 1:
		return "the last row is retried" + cause, until
	}
	return fmt.Sprintf("the last %d rows are retried", n) + cause, until
}

// pacedBy is our own limit that rows wait for; nil: none does.
func (r *rows) pacedBy() *relay.WaitCause {
	var by *relay.WaitCause
	for _, l := range r.live {
		waits := !l.ended && l.Phase == relay.PhaseWaiting && l.Cause != nil && l.Cause.Kind == relay.WaitLimit
		if waits && (by == nil || l.Cause.Wait > by.Wait) {
			by = l.Cause
		}
	}
	return by
}

// rowsPerSecond is what a limit a minute allows, by the tokens that a row of the run took so far; 0: not known.
func (h *Header) rowsPerSecond(c *relay.WaitCause) float64 {
	most := float64(c.N) / 60
	if c.What != relay.WhatTokens {
		return most
	}
	if n := h.OK + h.Incomplete; n > 0 && h.Usage.Input+h.Usage.Output > 0 {
		return most * float64(n) / float64(h.Usage.Input+h.Usage.Output)
	}
	return 0
}

// endpointWaits reports whether a wait is of everything that an endpoint is asked for.
func endpointWaits(k relay.WaitKind) bool {
	switch k {
	case relay.WaitCooldown, relay.WaitBreaker, relay.WaitProbe, relay.WaitThrottle, relay.WaitAsked, relay.WaitUsedUp:
		return true
	case relay.WaitBackoff, relay.WaitLimit, relay.WaitInFlight:
	}
	return false
}
