package job

import (
	"testing"

	"relaytop/relay"
)

// TestARequestIsInASetOnce, also if ids are not as random as they should be.
func TestARequestIsInASetOnce(t *testing.T) {
	for _, step := range []relay.ID{1, 1 << 44, 0x9e3779b97f4a7c15} {
		var s requests
		n := relay.ID(10_000)
		if step == 1 {
			n = 500
		}
		for _, first := range []bool{true, false} {
			for i := relay.ID(1); i <= n; i++ {
				if s.add(i*step) != first {
					t.Fatalf("%d times %d: %v", i, step, !first)
				}
			}
		}
		if s.n != int(n) {
			t.Errorf("%d requests of %d", s.n, n)
		}
	}
}
