package job

import (
	"testing"

	"relaytop/relay"
)

// TestLineTellsAnEstimate: whoever adds up the lines of an output knows which amounts are sure.
func TestLineTellsAnEstimate(t *testing.T) {
	for want, cost := range map[relay.Source]*relay.Cost{
		relay.SourceUser: {Source: relay.SourceUser}, relay.SourceEstimated: {Source: relay.SourceUser, Estimated: true},
		relay.SourceSim: {Source: relay.SourceSim, Estimated: true}, relay.SourceUnknown: nil,
	} {
		if l := lineOf(&record{Cost: cost}, &row{}); l.Ours.Source != want {
			t.Errorf("%+v: %s, want %s", cost, l.Ours.Source, want)
		}
	}
}
