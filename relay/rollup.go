package relay

import "time"

// Rollup adds up the requests of one hour to one model at one endpoint.
type Rollup struct {
	RollupKey

	OK, Failed, Cancelled int64
	Cached                int64 // answers of our own cache, which are in OK
	Input, Output         int64 // tokens, without those of cached answers
	Cost                  Money
	Known, Unknown        int64 // requests whose cost is known; those that may have cost an unknown amount
	Estimated             int64 // requests whose cost is an estimate
	Part                  Money // known parts of unknown costs
	Saved                 Money
	SavedKnown            int64
	First                 time.Time

	Measured, AnswerTokens int64 // answers of a relay whose tokens are known, and their output
	Timed                  int64 // answers whose duration is known
	Took                   time.Duration
}

// RollupKey is what the requests of a Rollup have in common.
type RollupKey struct {
	Hour     int64  // its beginning in UTC, in seconds since 1970
	Day      string // the local date
	Model    string // as asked for
	Endpoint string
}

// Add adds another sum of the same key.
func (s *Rollup) Add(o *Rollup) {
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
