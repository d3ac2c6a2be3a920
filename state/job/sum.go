package job

import (
	"cmp"
	"time"

	"relaytop/relay"
)

// Sum adds up the requests of one hour to one model at one endpoint.
type Sum struct {
	SumKey

	OK, Failed, Cancelled int64
	Cached                int64 // answers of our own cache, which are in OK
	Input, Output         int64 // tokens, without those of cached answers
	Cost                  relay.Money
	Known, Unknown        int64       // requests whose cost is known; those that may have cost an unknown amount
	Estimated             int64       // requests whose cost is an estimate
	Part                  relay.Money // known parts of unknown costs
	Saved                 relay.Money
	SavedKnown            int64
	First                 time.Time

	Measured, AnswerTokens int64 // answers of a relay whose tokens are known, and their output
	Timed                  int64 // answers whose duration is known
	Took                   time.Duration
}

// SumKey is what the requests of a Sum have in common.
type SumKey struct {
	Hour     int64  // its beginning in UTC, in seconds since 1970
	Day      string // the local date
	Model    string // as asked for
	Endpoint string
}

// sumKey is the key of the sum that a record belongs to.
func (r *record) sumKey() SumKey {
	return SumKey{Hour: r.At.Truncate(time.Hour).Unix(), Day: r.At.Local().Format(time.DateOnly),
		Model: cmp.Or(r.Asked, r.Model), Endpoint: r.Endpoint}
}

// add adds the request of a record.
func (s *Sum) add(r *record) {
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
	s.measure(r)
	s.price(r)
	if s.First.IsZero() || r.At.Before(s.First) {
		s.First = r.At
	}
}

// measure adds what an answer of a relay was like.
func (s *Sum) measure(r *record) {
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
func (s *Sum) price(r *record) {
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
	case !r.Cached:
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

// merge adds another sum of the same key.
func (s *Sum) merge(o *Sum) {
	s.OK, s.Failed, s.Cancelled, s.Cached = s.OK+o.OK, s.Failed+o.Failed, s.Cancelled+o.Cancelled, s.Cached+o.Cached
	s.Input, s.Output = s.Input+o.Input, s.Output+o.Output
	s.Cost, s.Known, s.Unknown, s.Estimated = s.Cost+o.Cost, s.Known+o.Known, s.Unknown+o.Unknown, s.Estimated+o.Estimated
	s.Part, s.Saved, s.SavedKnown = s.Part+o.Part, s.Saved+o.Saved, s.SavedKnown+o.SavedKnown
	s.Measured, s.AnswerTokens = s.Measured+o.Measured, s.AnswerTokens+o.AnswerTokens
	s.Timed, s.Took = s.Timed+o.Timed, s.Took+o.Took
	if s.First.IsZero() || !o.First.IsZero() && o.First.Before(s.First) {
		s.First = o.First
	}
}
