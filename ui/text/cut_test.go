package text

import "testing"

func TestClipAndTailKeepRunesWhole(t *testing.T) {
	for _, tt := range []struct {
		n          int
		head, tail string
	}{{0, "", ""}, {1, "a", ""}, {2, "a", "é"}, {3, "aé", "é"}, {4, "aé", "üé"}, {5, "aéü", "üé"},
		{9, "aéüé", "aéüé"}} {
		s := "aéüé"
		if got := Clip(s, tt.n); got != tt.head {
			t.Errorf("the first %d bytes are %q, want %q", tt.n, got, tt.head)
		}
		if got := Tail(s, tt.n); got != tt.tail {
			t.Errorf("the last %d bytes are %q, want %q", tt.n, got, tt.tail)
		}
	}
}
