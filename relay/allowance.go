package relay

import "time"

// Allowance is what the limits of an endpoint leave at the moment.
type Allowance struct {
	Endpoint string
	InFlight int
	AtOnce   int // requests that it is given at the same time just now; below Most after it was overrun
	Most     int // the user's number

	Requests, RequestsMax int64     // sent in the last 60 s, and allowed a minute; a limit of 0 is off
	Tokens, TokensMax     int64     // the same of tokens, input and output
	Held                  time.Time // the relay said that nothing is left before then; zero: it did not

	Out  Class     // why nothing is sent there any more: auth or quota; "" if something is
	Cool time.Time // it asked to be left alone until then; zero: it did not
}

// Acts reports whether a limit holds something back beyond what the user set.
func (a *Allowance) Acts(now time.Time) bool {
	return a.AtOnce < a.Most || a.Held.After(now) || a.Out != "" || a.Cool.After(now)
}
