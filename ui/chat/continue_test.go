package chat

import (
	"errors"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/pane"
)

func partial(text string) session.View {
	v := ended(2, text, relay.StatusOK)
	v.Result, v.Partial = nil, true
	return v
}

// The screen offers to continue exactly the answers that the key continues.
func TestContinueIsOfferedWhereThereIsSomethingToContinue(t *testing.T) {
	carried := ended(2, "half", relay.StatusFailed)
	carried.Carried, carried.Result.Err = 4, &relay.Error{Class: relay.ClassNetwork}
	for _, c := range []struct {
		name string
		view session.View
		why  string
	}{
		{"truncated", ended(2, "half", relay.StatusTruncated), ""},
		{"length", ended(2, "half", relay.StatusLength), ""},
		{"cancelled", ended(2, "half", relay.StatusCancelled), ""},
		{"unfinished", partial("half"), ""},
		{"a continuation that failed", carried, ""},
		{"truncated, nothing came", ended(2, "", relay.StatusTruncated), "no text came: r asks again"},
		{"length, nothing came", ended(2, "", relay.StatusLength), "no text came: r asks again"},
		{"cancelled, nothing came", ended(2, "", relay.StatusCancelled), "no text came: r asks again"},
		{"unfinished, nothing came", partial(""), "no text came: r asks again"},
		{"failed", ended(2, "", relay.StatusFailed), "no text came: r asks again"},
		{"ok", ended(2, "whole", relay.StatusOK), "the answer is complete"},
		{"filtered", ended(2, "half", relay.StatusFiltered), "the answer is complete"},
		{"streaming", live(2, "half", session.Streaming), "it is still streaming"},
	} {
		r := open(t, 80, 24, question(1, "hi"), c.view)
		screen := r.screen()
		if offered := strings.Contains(screen, "c continue"); offered != (c.why == "") {
			t.Errorf("%s: offered %v:\n%s", c.name, offered, screen)
		}
		if ends := c.view.Phase == session.Ended && c.name != "ok"; ends && !strings.Contains(screen, "r again") {
			t.Errorf("%s: r is not offered:\n%s", c.name, screen)
		}
		r.reading()
		if got := toasts(r.press("c")); got != c.why {
			t.Errorf("%s: %q, want %q", c.name, got, c.why)
		}
		if did := slices.Contains(r.store.did, "continue c1 2"); did != (c.why == "") || len(r.store.did) > 1 {
			t.Errorf("%s: did %q", c.name, r.store.did)
		}
	}
	if r := open(t, 80, 24, question(1, "hi"), ended(2, "", relay.StatusCancelled)); strings.Contains(r.screen(),
		"what had come is kept") {
		t.Errorf("something is kept of nothing:\n%s", r.screen())
	}
}

func TestAContinuedAnswerIsOne(t *testing.T) {
	old := ended(2, "The moon pulls at the wat", relay.StatusCancelled)
	r := open(t, 80, 24, question(1, "why"), old)
	r.press("esc", "c")
	next := live(3, old.Text, session.Waiting)
	next.Carried, next.Sibling, next.Siblings = len(old.Text), 2, 2
	r.store.views[1] = next
	if r.refresh(); !strings.Contains(r.screen(), "at the wa") ||
		!strings.Contains(r.screen(), "waiting for the first token") {
		t.Errorf("while nothing came:\n%s", r.screen())
	}
	next.Phase, next.Text, next.Version = session.Streaming, old.Text+"er, tw", 2
	r.store.views[1] = next
	if r.refresh(); !strings.Contains(r.screen(), "at the water, t") {
		t.Errorf("while it streams:\n%s", r.screen())
	}
	whole := old.Text + "er, twice a day."
	last := ended(3, whole, relay.StatusOK)
	last.Carried, last.Sibling, last.Siblings, last.Version = len(old.Text), 2, 2, 3
	r.store.views[1] = last
	r.refresh()
	for _, want := range []string{"water, twice a day.", "‹ 2/2 ›", "continued"} {
		if got := r.screen(); !strings.Contains(got, want) || strings.Count(got, "▌") != 1 { // the question
			t.Errorf("no %q in one piece:\n%s", want, got)
		}
	}
	if got := r.press("y"); !slices.Contains(got, tea.Msg(pane.CopyMsg{Text: whole, What: "the answer"})) {
		t.Errorf("copied %#v", got)
	}
}

func TestWhatCannotBeContinuedSaysWhy(t *testing.T) {
	r := open(t, 80, 24, question(1, "hi"), ended(2, "half", relay.StatusLength), question(3, "more"),
		ended(4, "x", relay.StatusOK))
	r.store.err = errors.New("an answer is streaming: stop it first")
	if got := toasts(r.press("esc", "k", "k", "c")); got != "not continued: an answer is streaming: stop it first" ||
		!slices.Contains(r.store.did, "continue c1 2") {
		t.Errorf("%q, did %q", got, r.store.did)
	}
	if !r.compose.Empty() {
		t.Errorf("the composer holds %q", r.compose.Text())
	}
}
