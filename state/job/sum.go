package job

import (
	"cmp"
	"time"

	"relaytop/relay"
)

// sumKey is the key of the sum that a record belongs to.
func (r *record) sumKey() relay.RollupKey {
	return relay.RollupKey{Hour: r.At.Truncate(time.Hour).Unix(), Day: r.At.Local().Format(time.DateOnly),
		Model: cmp.Or(r.Asked, r.Model), Endpoint: r.Endpoint}
}

// addTo adds the request of a record to a sum.
func (r *record) addTo(s *relay.Rollup) {
	switch status := r.ended(); {
	case status.Answered():
		s.OK++
	case status == relay.StatusCancelled:
		s.Cancelled++
	default:
		s.Failed++
	}
	if r.Cached {
		s.Cached++
	} else if r.Usage != nil {
		s.Input += r.Usage.Input
		s.Output += r.Usage.Output
	}
	r.measure(s)
	r.price(s)
	if s.First.IsZero() || r.At.Before(s.First) {
		s.First = r.At
	}
}

// measure adds what an answer of a relay was like.
func (r *record) measure(s *relay.Rollup) {
	if r.Cached || !r.ended().Answered() {
		return
	}
	if r.Usage != nil {
		s.Measured++
		s.AnswerTokens += r.Usage.Output
	}
	if r.E2E > 0 {
		s.Timed++
		s.Took += time.Duration(r.E2E * float64(time.Millisecond))
	}
}

// price adds the cost of a record.
func (r *record) price(s *relay.Rollup) {
	c := relay.Cost{Source: relay.SourceUnknown}
	if r.Cost != nil {
		c = *r.Cost
	}
	switch {
	case !c.Known():
		s.Part += c.Part
		if r.ended().Answered() || r.Usage != nil || r.Body != nil {
			s.Unknown++
		}
		return
	case !r.Cached && r.ended() != relay.StatusCancelled:
		s.Known++
	}
	s.Cost += c.Amount
	if c.Estimated || c.Source == relay.SourceEstimated {
		s.Estimated++
	}
	if saved, ok := c.Saved(); ok {
		s.Saved += saved
		s.SavedKnown++
	}
}
