package meter

import (
	"encoding/json"
	"fmt"
	"time"

	"relaytop/relay"
)

// Counters are the eight numbers that scripts ask for (`relaytop usage --json`, and per run). The zero value is no
// requests.
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

// ErrorRate is the share of errors among answers and errors, 0..1; 0 if there are none of either.
func (c Counters) ErrorRate() float64 { return share(c.Errors, c.Answered+c.Errors) }

// MarshalJSON writes the names that scripts rely on. Money is an exact decimal number, the error rate a percentage.
func (c Counters) MarshalJSON() ([]byte, error) {
	avg := relay.Money(0)
	if known := c.Requests - c.Unknown; known > 0 {
		avg = c.Cost / relay.Money(known)
	}
	b, err := json.Marshal(struct {
		Requests  int64       `json:"total_requests"`
		Tokens    int64       `json:"total_tokens"`
		Cost      json.Number `json:"total_cost_usd"`
		Errors    int64       `json:"error_count"`
		ErrorRate float64     `json:"error_rate"`
		Uptime    float64     `json:"uptime_seconds"`
		Average   json.Number `json:"avg_cost_per_request"`
		Unknown   int64       `json:"unknown_cost_requests"`
	}{c.Requests, c.Tokens, json.Number(c.Cost.String()), c.Errors, 100 * c.ErrorRate(), c.Uptime.Seconds(),
		json.Number(avg.String()), c.Unknown})
	if err != nil {
		return nil, fmt.Errorf("encoding the counters: %w", err)
	}
	return b, nil
}

func share(part, whole int64) float64 {
	if whole <= 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
