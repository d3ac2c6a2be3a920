package job

import (
	"testing"

	"relaytop/relay"
)

// TestLineMarksAnEstimate: a reader who adds up the lines of an output sees which amounts are estimates.
func TestLineMarksAnEstimate(t *testing.T) {
	for want, cost := range map[relay.Source]*relay.Cost{
		relay.SourceUser: {Source: relay.SourceUser}, relay.SourceEstimated: {Source: relay.SourceUser, Estimated: true},
		relay.SourceSim: {Source: relay.SourceSim, Estimated: true}, relay.SourceUnknown: nil,
	} {
		if l := lineOf(&record{Cost: cost}, &row{}, ""); l.Ours.Source != want {
			t.Errorf("%+v: %s, want %s", cost, l.Ours.Source, want)
		}
	}
}

// TestLineHasTheKnownPart: the cost of earlier tries and attempts is kept if that of the last is unknown.
func TestLineHasTheKnownPart(t *testing.T) {
	unknown := &relay.Cost{Source: relay.SourceUnknown, Part: 3}
	for want, rec := range map[string]*record{
		"": {Cost: &relay.Cost{Source: relay.SourceUnknown}}, "0.000000000003": {Cost: unknown},
		"0.000000000007": {Cost: unknown, Prior: 4}, "0.000000000004": {Prior: 4},
	} {
		l, part := lineOf(rec, &row{}, ""), ""
		if l.Ours.Part != nil {
			part = *l.Ours.Part
		}
		if part != want || l.Ours.Cost != nil || l.Ours.Source != relay.SourceUnknown {
			t.Errorf("%q %+v, want %q", part, l.Ours, want)
		}
	}
}
