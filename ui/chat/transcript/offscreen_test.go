package transcript

import (
	"strconv"
	"strings"
	"testing"

	"relaytop/relay"
	"relaytop/state/session"
)

// long is a chat of n questions with an answer of several lines each, the first of which reasons.
func long(n int) (views []session.View) {
	for i := range n {
		answer := ended(int64(2*i+2), strings.Repeat("answer ", 60), relay.StatusOK)
		if i == 0 {
			answer.Reasoning = strings.Repeat("I think. ", 60)
		}
		views = append(views, question(int64(2*i+1), "question "+strconv.Itoa(i)), answer)
	}
	return views
}

// The number of lines above is cached, and right after every change.
func TestLinesAboveAreCounted(t *testing.T) {
	p := open(t, 80, 24, long(8)...)
	p.view.put(10, 1)
	check := func(what string) {
		t.Helper()
		for range 2 { // counted, and kept
			w := p.view.show()
			n, about := p.view.above(&w)
			want := w.off
			for i := range w.from {
				want += p.list.height(i)
			}
			if w.from != 10 || about || n != want {
				t.Errorf("%s: %d lines above message %d, a guess: %v; want %d", what, n, w.from, about, want)
			}
		}
	}
	check("at first")
	p.view.put(10, 0)
	check("a line up")
	p.fold(1)
	check("with reasoning open")
	p.views[3].Text, p.views[3].Version = "another", 2
	p.show()
	check("with a shorter answer")
	p.look.Width = 50
	p.show()
	check("narrower")
}

// An estimate is not cached: frames count the lines above bit by bit, and mark the number as an estimate until then.
func TestAnEstimateIsNotCached(t *testing.T) {
	p := open(t, 80, 24, long(100)...)
	for frame := range 2 {
		if s := p.screen(); !strings.Contains(s, "↑ ~") {
			t.Errorf("frame %d: the count above is not marked as a guess:\n%s", frame, s)
		}
	}
	for range 100 {
		p.screen()
	}
	if s := p.screen(); !strings.Contains(s, "above") || strings.Contains(s, "↑ ~") {
		t.Errorf("the count above stays a guess:\n%s", s)
	}
}

// grow adds to the text of the last message.
func (p *page) grow(s string) {
	v := &p.views[len(p.views)-1]
	v.Text, v.Version = v.Text+s, v.Version+1
	p.show()
}

func TestNewLinesAreCounted(t *testing.T) {
	p := open(t, 80, 24, append(long(3), question(7, "and now?"), live(8, "First.\n\n", session.Streaming))...)
	p.view.scroll(-3)
	before := p.list.height(7)
	p.grow("Second.\n\nThird.\n\nFourth.\n\n")
	if n := p.view.news(); n != p.list.height(7)-before || n < 3 {
		t.Errorf("%d new lines, the answer grew by %d", n, p.list.height(7)-before)
	}
}

// A new attempt shows nothing of the one before.
func TestAShorterTextIsAnotherOne(t *testing.T) {
	p := open(t, 80, 24, question(1, "hi"), live(2, "The first attempt says much.", session.Streaming))
	if s := p.screen(); !strings.Contains(s, "first attempt") {
		t.Fatalf("drawn:\n%s", s)
	}
	v := &p.views[1]
	v.Text, v.Version = "The second one.", v.Version+1
	p.show()
	if s := p.screen(); !strings.Contains(s, "The second one") || strings.Contains(s, "first attempt") {
		t.Errorf("drawn:\n%s", s)
	}
}
