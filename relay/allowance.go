package relay

import "time"

// BurstPart is the part of a limit a minute that may be used at once: one in so many.
const BurstPart = 10

// Allowance is what the limits of an endpoint leave at the moment.
type Allowance struct {
	Endpoint string
	InFlight int
	AtOnce   int // requests in flight that it may have now; below Most after it was overrun
	Most     int // the user's number

	Requests, RequestsMax int64 // sent in the last 60 s, and allowed a minute; a limit of 0 is off
	Tokens, TokensMax     int64 // the same of tokens, input and output
	// What a chat may use of both now without a wait; -1: any number. A limit that nobody set counts once the relay has
	// refused.
	ChatRequests, ChatTokens       int64
	RequestsSetting, TokensSetting string // what the configuration calls the limits

	Held time.Time // nothing is left before then, as the relay reported; zero: something is

	Out  Class     // why nothing is sent there any more: auth or quota; "" if something is
	Cool time.Time // it cools down until then; zero: it does not
}

// Acts reports whether a limit holds something back beyond what the user set.
func (a *Allowance) Acts(now time.Time) bool {
	return a.AtOnce < a.Most || a.Held.After(now) || a.Out != "" || a.Cool.After(now)
}
