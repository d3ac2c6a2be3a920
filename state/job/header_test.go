package job

import (
	"testing"

	"relaytop/relay"
)

// TestAnEstimateStaysInTheSums: a sum with an estimate is an estimate, in any order of the rows.
func TestAnEstimateStaysInTheSums(t *testing.T) {
	exact := &record{Usage: &relay.Usage{Output: 1}, Cost: &relay.Cost{Amount: 1, Source: relay.SourceUser}}
	guess := &record{
		Usage: &relay.Usage{Output: 1, Estimated: true},
		Cost:  &relay.Cost{Amount: 1, Source: relay.SourceUser, Estimated: true},
	}
	for name, rows := range map[string][]*record{
		"first": {guess, exact}, "last": {exact, guess}, "only": {guess},
	} {
		var h Header
		for _, rec := range rows {
			h.spend(rec)
		}
		if !h.Estimated || !h.Usage.Estimated || h.Source != relay.SourceEstimated {
			t.Errorf("an estimate comes %s: %+v", name, h)
		}
	}
	var h Header
	h.spend(exact)
	h.spend(exact)
	if h.Estimated || h.Usage.Estimated || h.Source != relay.SourceUser {
		t.Errorf("no estimate: %+v", h)
	}
}

// TestRetryFailedIsOneRule: the counts of a run say that there is a row to retry exactly where one of its rows is.
func TestRetryFailedIsOneRule(t *testing.T) {
	classes := append(relay.Classes(), "")
	for _, o := range []Outcome{RowOK, RowFailed, RowIncomplete, RowSkipped} {
		for _, class := range classes {
			h := Header{ByClass: map[relay.Class]int{}}
			one := &row{outcome: o, class: classNumber(class)}
			h.tally(one, 1)
			if h.Retryable() != one.retryable() {
				t.Errorf("%v with class %q: the row says %v, its run says %v", o, class, one.retryable(), h.Retryable())
			}
			h.tally(one, -1)
			if h.Retryable() {
				t.Errorf("%v with class %q: the row was sent again, and its run still says that it can be", o, class)
			}
		}
	}
	cut, long := &row{outcome: RowIncomplete, class: classNumber(relay.ClassTruncated)}, &row{outcome: RowIncomplete}
	if !cut.retryable() || long.retryable() {
		t.Error("an answer that broke off is sent again, and one that is too long is not")
	}
}
