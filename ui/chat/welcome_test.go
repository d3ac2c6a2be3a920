package chat

import (
	"strings"
	"testing"
)

func TestAnEmptyChatAlwaysSaysHowToConnect(t *testing.T) {
	for _, w := range []int{34, 58, 78, 120} {
		for h := 5; h <= 45; h++ {
			r := open(t, w, h)
			got := r.screen()
			if !strings.Contains(got, "connect a relay") {
				t.Errorf("%dx%d does not say how to connect:\n%s", w, h, got)
			}
			if first, _, _ := strings.Cut(got, "\n"); h >= 11 && first != "" {
				t.Errorf("%dx%d: the first line sticks to the top: %q", w, h, first)
			}
			if h >= 9 && !strings.Contains(got, "3  Watch what it costs") {
				t.Errorf("%dx%d lacks a thing to try:\n%s", w, h, got)
			}
		}
	}
}

func TestARelayOfOnesOwnIsNotAskedFor(t *testing.T) {
	r := open(t, 78, 20)
	r.snap.Demo = false
	r.refresh()
	if got := r.screen(); strings.Contains(got, "connect") || !strings.Contains(got, "ask anything: it goes to gpt-4.1") {
		t.Errorf("shows\n%s", got)
	}
}
