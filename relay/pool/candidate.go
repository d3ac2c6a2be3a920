package pool

import (
	"slices"

	"relaytop/relay"
)

// candidate is the model that a task asks now, and how it fared there.
type candidate struct {
	model   int      // 0 is the request's own, from 1 its fallbacks
	tries   int      // attempts at it
	avoid   []string // endpoints that have failed at it
	limited string   // the endpoint whose limit made the task give up on it
	noRetry string   // why its last failure was not tried again, where it might have been
}

func (c *candidate) name(r *relay.Request) string {
	if c.model == 0 {
		return r.Model
	}
	return r.Fallback[c.model-1]
}

// fallbacks lists the models that may be asked after it, in order.
func (c *candidate) fallbacks(r *relay.Request) []string {
	if r.Once {
		return nil
	}
	return r.Fallback[c.model:]
}

// failedAt notes an endpoint that has failed.
func (c *candidate) failedAt(endpoint string) {
	if !slices.Contains(c.avoid, endpoint) {
		c.avoid = append(c.avoid, endpoint)
	}
}

// skip moves on to the nth model after it, from 1. An endpoint whose limit was in the way is avoided there too.
func (c *candidate) skip(n int) {
	next := candidate{model: c.model + n}
	if c.limited != "" {
		next.avoid = []string{c.limited}
	}
	*c = next
}
