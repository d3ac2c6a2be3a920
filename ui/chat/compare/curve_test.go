package compare

import (
	"slices"
	"testing"
	"time"
)

func TestTheAxisHasRoundLabels(t *testing.T) {
	for _, c := range []struct {
		end  time.Duration
		w    int
		want []string
	}{
		{time.Second, 40, []string{"0", "0.2 s", "0.4 s", "0.6 s", "0.8 s", "1 s"}},
		{2 * time.Second, 40, []string{"0", "0.5 s", "1 s", "1.5 s", "2 s"}},
		{5 * time.Second, 40, []string{"0", "1 s", "2 s", "3 s", "4 s", "5 s"}},
		{5 * time.Second, 20, []string{"0", "2.5 s", "5 s"}},
		{20 * time.Second, 28, []string{"0", "5 s", "10 s", "15 s", "20 s"}},
		{200 * time.Millisecond, 40, []string{"0", "0.05 s", "0.1 s", "0.15 s", "0.2 s"}},
	} {
		if got := secondsAxis(c.end, c.w); !slices.Equal(got, c.want) {
			t.Errorf("%v in %d cells: %q, want %q", c.end, c.w, got, c.want)
		}
	}
}
