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
