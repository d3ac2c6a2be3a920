package pool

import (
	"testing"

	"relaytop/relay"
)

// TestASumIsKnownAsWellAsItsWeakestPart: two attempts of one request, in either order.
func TestASumIsKnownAsWellAsItsWeakestPart(t *testing.T) {
	exact := relay.Cost{Amount: 3, Source: relay.SourceUser}
	guess := relay.Cost{Amount: 4, Source: relay.SourceRelay, Estimated: true}
	for _, pair := range [][2]relay.Cost{{exact, guess}, {guess, exact}} {
		if got := sum(pair[0], pair[1]); got.Amount != 7 || !got.Estimated {
			t.Errorf("%+v and %+v: %+v", pair[0], pair[1], got)
		}
	}
	if got := sum(exact, exact); got.Amount != 6 || got.Estimated {
		t.Errorf("two exact costs: %+v", got)
	}
}
