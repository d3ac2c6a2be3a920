package meter

import (
	"time"

	"relaytop/relay"
)

// Counters are what the numbers that scripts ask for are made of. The zero value is no requests.
type Counters struct {
	Requests int64         // answered or failed; what the user cancelled is neither
	Answered int64         // ended with an answer
	Errors   int64         // failed; cancelled by the user is no error
	Tokens   int64         // input and output, of answers that a relay gave
	Cost     relay.Money   // of the requests whose cost is known
	Unknown  int64         // requests whose cost is not known
	Uptime   time.Duration // since the counting began
}

// Add counts one request that ended.
func (c *Counters) Add(r *relay.Result) {
	switch {
	case r.Status.Answered():
		c.Answered++
	case r.Status != relay.StatusCancelled:
		c.Errors++
	}
	c.Requests = c.Answered + c.Errors
	if r.Usage != nil && !r.Cached {
		c.Tokens += r.Usage.Input + r.Usage.Output
	}
	c.Cost += r.Cost.Settled()
	if !r.Cost.Known() && r.Billable() {
		c.Unknown++
	}
}

func share(part, whole int64) float64 {
	if whole <= 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
