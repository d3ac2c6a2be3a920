package chat

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/uitest"
)

func (f *fake) LeaveOut(_ string, from int64) error {
	return f.note("from " + string(rune('0'+from)))
}

// full is a chat of three turns whose next message does not fit into a window of 1,000 tokens.
func full(t *testing.T, w, h int) *testPane {
	r := open(t, w, h, question(1, "What is a retry budget?"), ended(2, strings.Repeat("word ", 320), relay.StatusOK),
		question(3, "And in Go?"), ended(4, "Like this.", relay.StatusOK), question(5, "Show \x1b[2J me."),
		ended(6, "Here.", relay.StatusOK))
	r.store.views[1].Result.Usage.Output = 400
	r.models.list = func() []ModelChoice { return []ModelChoice{{ID: "gpt-4.1", Context: 1000}} }
	r.snap.Chat.Tokens, r.snap.Chat.TokensEst = 700, true
	r.snap.Chat.Params = relay.Params{}.With("max_tokens", 200)
	r.refresh()
	return r
}

func TestTheGaugeWarnsBeforeTheWindowOverflows(t *testing.T) {
	for _, c := range []struct {
		used  int64
		max   int
		draft string
		want  string
	}{
		{700, 200, "", ""},
		{700, 200, strings.Repeat("a", 800), "no room for an answer of 200 tokens"},
		{950, 10, "", "95% of the window is taken"},
		{850, 200, "", "no room for an answer of 200 tokens"},
		{1050, 200, "", "the next message does not fit"},
	} {
		r := full(t, 80, 24)
		r.snap.Chat.Tokens = c.used
		r.snap.Chat.Params = relay.Params{}.With("max_tokens", c.max)
		r.refresh()
		r.typed(c.draft)
		got := r.screen()
		if c.want == "" && strings.Contains(got, "alt+o") || !strings.Contains(got, c.want) || c.want != "" &&
			!strings.Contains(got, "alt+o leaves out the oldest turns") {
			t.Errorf("used %d, draft %d: want %q in\n%s", c.used, len(c.draft), c.want, got)
		}
	}
	r := full(t, 80, 24)
	r.snap.Chat.Tokens = 5000
	r.store.views = r.store.views[:2]
	r.refresh()
	if got := r.screen(); !strings.Contains(got, "alt+m a model with a larger window") {
		t.Errorf("there is nothing to leave out:\n%s", got)
	}
}

func TestTheOldestTurnsAreLeftOutByChoice(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {160, 45}} {
		r := full(t, 80, 24)
		r.snap.Chat.Tokens = 980
		r.refresh()
		d := r.over("alt+o")
		uitest.Golden(t, "leaveout-"+sized(size), d.shown(size[0], size[1]-2))
		if len(r.store.did) > 0 {
			t.Errorf("something was left out silently: %q", r.store.did)
		}
		if toast := d.keys("enter"); !strings.Contains(toast, "1 turn is left out") {
			t.Errorf("toast %q", toast)
		}
		d = r.over("alt+o")
		d.keys("G", "enter")
		d = r.over("alt+o")
		if toast := d.keys("0"); toast != "everything is sent" {
			t.Errorf("toast %q", toast)
		}
		if want := []string{"from 3", "from 5", "from 0"}; !slices.Equal(r.store.did, want) {
			t.Errorf("did %q, want %q", r.store.did, want)
		}
	}
}

func TestWhatIsLeftOutIsShownQuietly(t *testing.T) {
	for _, size := range [][2]int{{78, 20}, {59, 32}, {80, 41}} {
		r := open(t, size[0], size[1], scenes()["ended"]...)
		r.screen()
		for i := range 2 {
			r.store.views[i].Left = true // nothing else of them changes
		}
		r.snap.Chat.From = 3
		r.refresh()
		if got := r.screen(); strings.Contains(got, "above") && !strings.Contains(got, " · 1 turn not sent") {
			t.Errorf("the view does not follow the end:\n%s", got)
		}
		r.press("esc", "g")
		uitest.Golden(t, "left-"+sized(size), r.screen())
	}
}

func TestAnErrorOfTheContextOffersTheSame(t *testing.T) {
	r := full(t, 80, 24)
	failed := ended(6, "", relay.StatusFailed)
	failed.Result.Err = &relay.Error{Class: relay.ClassContextLength, Status: 400,
		Message: "maximum context length is 600 tokens"}
	r.store.views[5] = failed
	r.snap.Chat.Tokens = 580
	r.refresh()
	if got := r.screen(); !strings.Contains(got, "O leave out the oldest turns") {
		t.Errorf("nothing is offered:\n%s", got)
	}
	r.press("esc")
	d := r.over("O")
	d.keys("enter")
	if want := []string{"from 3"}; !slices.Equal(r.store.did, want) {
		t.Errorf("did %q, want %q", r.store.did, want)
	}
}

func TestNothingOlderToLeaveOut(t *testing.T) {
	r := open(t, 80, 24, question(1, "hi"), live(2, "", session.Waiting))
	r.reading()
	if got := toasts(r.press("O")); !strings.Contains(got, "nothing older") {
		t.Errorf("toast %q", got)
	}
}

func TestAFullWindow(t *testing.T) {
	for _, size := range [][2]int{{78, 20}, {59, 32}, {80, 41}} {
		r := full(t, size[0], size[1])
		r.snap.Chat.Tokens, r.snap.Chat.Preset = 980, "reviewer"
		r.snap.Chat.System = "You review."
		r.refresh()
		uitest.Golden(t, "tight-"+sized(size), r.screen())
	}
}

func TestOpenedReasoningBeginsOnTheScreen(t *testing.T) {
	v := ended(2, strings.Repeat("A line of the answer.\n\n", 10), relay.StatusOK)
	for i := range 60 {
		v.Reasoning += "thought " + strconv.Itoa(i) + "\n"
	}
	r := open(t, 60, 20, question(1, "hi"), v)
	r.press("esc", "space")
	if got := r.screen(); !strings.Contains(got, "thought 0\n") || !strings.Contains(got, "end for the last") {
		t.Errorf("the reasoning opened somewhere else:\n%s", got)
	}
	r.press("space", "end")
	if got := r.screen(); !strings.Contains(got, "A line of the answer.") || strings.Contains(got, "for the last") {
		t.Errorf("folded again, the end is not there:\n%s", got)
	}
}
