package relay

import (
	"fmt"
	"time"
)

// WaitKind is the reason for which a request is held back.
type WaitKind uint8

// The kinds of waiting. The first three follow a failed attempt; for the others nothing was sent.
const (
	WaitBackoff  WaitKind = iota + 1 // the relay named no wait: Attempt follows after Wait
	WaitAsked                        // the relay asked for Wait, in the header or field From
	WaitThrottle                     // rows wait together after a 429 that named no wait, and one of them probes
	WaitCooldown                     // the relay asked other requests to wait when it refused them with Class
	WaitBreaker                      // the circuit breaker of the endpoint is open
	WaitProbe                        // the breaker lets one request through, and that one is on its way
	WaitLimit                        // our limit of N What a minute
	WaitUsedUp                       // the relay reported that it has no What left
	WaitInFlight                     // N of Of requests are in flight, and Kept of the others are for chats
)

// What a limit counts.
const (
	WhatRequests = "requests"
	WhatTokens   = "tokens"
)

// WaitCause says what holds a request back, and why. A screen may build its own sentence from it; String is a
// complete one.
type WaitCause struct {
	Kind     WaitKind
	Endpoint string // "": not known
	// WaitBackoff, WaitAsked, WaitThrottle: the HTTP status of the failure; 0: none that says anything
	Status  int
	Class   Class         // of the failure
	Wait    time.Duration // counted from the event; 0: not known, after WaitBackoff none
	From    string        // WaitAsked: the header or field; "": not known
	Attempt int           // WaitBackoff: the number of the attempt to come
	What    string        // WaitLimit, WaitUsedUp: WhatRequests or WhatTokens
	N, Of   int           // WaitLimit, WaitInFlight
	Kept    int           // WaitInFlight
	// WaitLimit, WaitInFlight: what the configuration calls the limit; "": not known, or not a setting
	Setting string
}

// Ours reports whether it is a limit of our own that a person may pass: a setting, not what the relay said.
func (c *WaitCause) Ours() bool {
	return c.Kind == WaitLimit || c.Kind == WaitInFlight && c.Setting != ""
}

// Limit is the setting that holds the request back and its value, or the limit in words if it is no setting.
func (c *WaitCause) Limit() string {
	if c.Setting == "" {
		return fmt.Sprintf("our own limit of %d %s a minute", c.N, c.What)
	}
	return fmt.Sprintf("%s = %d", c.Setting, c.N)
}

// Why says who holds the request back and what for, without the time that it takes and what comes then.
func (c *WaitCause) Why() string {
	who := c.Endpoint
	if who == "" {
		who = "the relay"
	}
	switch c.Kind {
	case WaitBackoff, WaitThrottle:
		return who + ": " + failure(c.Status, c.Class)
	case WaitAsked:
		from := ""
		if c.From != "" {
			from = " (" + c.From + ")"
		}
		return fmt.Sprintf("%s: %s, it asked for %s%s", who, failure(c.Status, c.Class), Seconds(c.Wait), from)
	case WaitCooldown:
		return fmt.Sprintf("%s: %s, cooling down", who, c.Class)
	case WaitBreaker:
		return who + ": too many failures, its breaker is open"
	case WaitProbe:
		return who + ": its breaker lets one request probe"
	case WaitLimit:
		if c.Setting != "" {
			return fmt.Sprintf("%s, our own limit of %s a minute at %s", c.Limit(), c.What, who)
		}
		return c.Limit() + " at " + who
	case WaitUsedUp:
		return fmt.Sprintf("%s said that it has no %s left", who, c.What)
	case WaitInFlight:
		own := ""
		if c.Kept > 0 {
			own = fmt.Sprintf(", %d kept for chats", c.Kept)
		}
		if c.Setting != "" {
			own += fmt.Sprintf(", our own limit (%s = %d)", c.Setting, c.Of)
		}
		return fmt.Sprintf("%s: %d of %d requests in flight%s", who, c.N, c.Of, own)
	}
	return ""
}

// String is Why with what comes then and when, where that is known.
func (c *WaitCause) String() string {
	why := c.Why()
	switch c.Kind {
	case WaitBackoff:
		if c.Wait == 0 {
			return fmt.Sprintf("%s, attempt %d at once", why, c.Attempt)
		}
		return fmt.Sprintf("%s, attempt %d in %s", why, c.Attempt, Seconds(c.Wait))
	case WaitThrottle:
		if c.Wait > 0 {
			return fmt.Sprintf("%s, it named no wait: one row tries again in %s", why, Seconds(c.Wait))
		}
		return why + ", it named no wait: one row tries again"
	case WaitCooldown, WaitBreaker, WaitProbe:
		if c.Wait > 0 {
			return why + " for " + Seconds(c.Wait)
		}
	case WaitAsked, WaitLimit, WaitUsedUp, WaitInFlight:
	}
	return why
}

// Seconds writes a wait as a person reads it: "0.5 s", "6 s", "3 m 20 s", "5 h 30 m", "10 d 10 h".
func Seconds(d time.Duration) string {
	switch {
	case d < 100*time.Millisecond:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second && d%time.Second != 0:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	d = d.Round(time.Second)
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d d %d h", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d h %d m", d/time.Hour, d%time.Hour/time.Minute)
	}
	return fmt.Sprintf("%d m %d s", d/time.Minute, d%time.Minute/time.Second)
}
