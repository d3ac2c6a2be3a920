package widget

import (
	"testing"
	"time"
)

func TestFactsTakesWholeFacts(t *testing.T) {
	facts := []string{"one", "two", "three"}
	for _, tt := range []struct {
		w, n int
		line string
	}{{2, 1, "o…"}, {3, 1, "one"}, {8, 1, "one"}, {9, 2, "one · two"}, {16, 2, "one · two"},
		{17, 3, "one · two · three"}} {
		if line, n := Facts(facts, tt.w); line != tt.line || n != tt.n {
			t.Errorf("%d cells: %q and %d facts, want %q and %d", tt.w, line, n, tt.line, tt.n)
		}
	}
}

func TestCountdownEndsAtZero(t *testing.T) {
	for d, want := range map[time.Duration]string{-time.Second: "0 s", 0: "0 s", 1: "1 s", time.Second: "1 s",
		1001 * time.Millisecond: "2 s"} {
		if got := Countdown(d); got != want {
			t.Errorf("%v left is %q, want %q", d, got, want)
		}
	}
}
