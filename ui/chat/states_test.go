package chat

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state/session"
)

func thoughts(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "thought %d\n", i)
	}
	return b.String()
}

// Reasoning shows its last lines while it is written. Then it is folded to its first lines and a count, and space opens
// it.
func TestReasoningLivesFoldsAndOpens(t *testing.T) {
	v := live(2, "", session.Streaming)
	v.Reasoning = thoughts(30)
	r := open(t, 80, 40, question(1, "hi"), v)
	if got := r.screen(); !strings.Contains(got, "thought 29\n") || strings.Contains(got, "thought 23\n") {
		t.Errorf("while it is written:\n%s", got)
	}
	v = ended(2, "The answer.", relay.StatusOK)
	v.Reasoning, v.Version = thoughts(30), 9
	v.Result.Timing.FirstOut = v.Result.Timing.First.Add(2500 * time.Millisecond)
	v.Result.Usage.Reasoning = 150
	r.store.views[1] = v
	r.refresh()
	got := r.screen()
	for _, want := range []string{"reasoning · 2.5 s · 150 tok\n", "thought 1\n", "… 28 more lines, esc space opens\n",
		"The answer."} {
		if !strings.Contains(got, want) {
			t.Errorf("folded it lacks %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "thought 2\n") {
		t.Errorf("it is not folded:\n%s", got)
	}
	r.press("alt+k", "space")
	if got := r.screen(); !strings.Contains(got, "thought 29\n") || !strings.Contains(got, "space folds") {
		t.Errorf("space does not open it:\n%s", got)
	}
}

// What a paste must have to become a file: more than 2,000 characters or more than 40 lines, with or without an end
// of the last.
func TestPastesAtTheLimit(t *testing.T) {
	rows := func(n int) string { return strings.TrimSuffix(strings.Repeat("x\n", n), "\n") }
	for _, tt := range []struct {
		s    string
		chip bool
	}{{strings.Repeat("ă", 2000), false}, {strings.Repeat("ă", 2001), true}, {rows(40), false}, {rows(40) + "\n", false},
		{rows(41), true}} {
		r := open(t, 80, 24)
		r.Update(tea.PasteMsg{Content: tt.s})
		if got := r.compose.Files() == 1; got != tt.chip {
			t.Errorf("%d runes, %d line ends: chip %v", len([]rune(tt.s)), strings.Count(tt.s, "\n"), got)
		}
	}
}

func TestShiftEnterIsANewLine(t *testing.T) {
	r := open(t, 80, 24)
	r.typed("a")
	r.press("shift+enter")
	r.typed("b")
	if got := r.compose.Text(); got != "a\nb" || len(r.store.did) > 0 {
		t.Errorf("composed %q, did %q", got, r.store.did)
	}
}

func TestFactsOfUnusualAnswers(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(*relay.Result)
		want []string
	}{
		{"reasoning tokens", func(r *relay.Result) { r.Usage.Reasoning = 159 }, []string{"out 58 (159 reasoning)"}},
		{"our cache", func(r *relay.Result) { r.Cached = true }, []string{"from our cache"}},
		{"part of the cost", func(r *relay.Result) {
			r.Cost = relay.Cost{Source: relay.SourceUnknown, Part: 2_000_000_000}
		}, []string{"cost unknown, at least $0.002"}},
		{"asked for another", func(r *relay.Result) { r.Requested, r.Model = "m-one", "m-other" },
			[]string{"m-one → m-other"}},
		{"tools", func(r *relay.Result) { r.Finish = "tool_calls" }, []string{"tool_calls"}},
	} {
		v := ended(2, "text", relay.StatusOK)
		tt.do(v.Result)
		r := open(t, 160, 24, question(1, "hi"), v)
		for _, want := range tt.want {
			if got := r.screen(); !strings.Contains(got, want) {
				t.Errorf("%s: no %q:\n%s", tt.name, want, got)
			}
		}
		for w := 30; w < 160; w += 9 { // nothing of it is lost in a narrow pane
			flatly := flat(open(t, w, 40, question(1, "hi"), v).screen())
			for _, want := range append(slices.Clone(tt.want), "$0.0101 sim") {
				if tt.name == "part of the cost" && want == "$0.0101 sim" || strings.HasPrefix(want, "out 58") {
					continue
				}
				if !strings.Contains(flatly, flat(want)) {
					t.Errorf("%s: %d wide it lacks %q:\n%s", tt.name, w, want, flatly)
				}
			}
		}
	}
}

// A long question is folded. Space opens it, and so does a search hit in it.
func TestALongQuestionIsFolded(t *testing.T) {
	var b strings.Builder
	b.WriteString("look at this\n")
	for i := range 60 {
		fmt.Fprintf(&b, "pasted %d\n", i)
	}
	q := question(1, b.String())
	r := open(t, 80, 100, q, ended(2, "seen", relay.StatusOK))
	got := r.screen()
	if !strings.Contains(got, "pasted 10\n") || strings.Contains(got, "pasted 11\n") ||
		!strings.Contains(got, "… 62 lines, 603 B in all, esc space opens") {
		t.Errorf("folded it shows\n%s", got)
	}
	r.press("alt+k", "k", "k", "space")
	if got := r.screen(); !strings.Contains(got, "pasted 59\n") {
		t.Errorf("space does not open it:\n%s", got)
	}
}

func TestTheLineBelowTheComposerSaysWhatIsSet(t *testing.T) {
	for _, c := range []struct {
		params relay.Params
		w      int
		want   string
	}{
		{relay.DefaultParams(), 80, "gpt-4.1 · temp 0.7 "},
		{relay.Params{}, 80, "gpt-4.1 · no temp · no max "},
		{relay.DefaultParams().With("seed", 7).With("response_format", map[string]string{"type": "json_object"}), 80,
			"gpt-4.1 · temp 0.7 · seed 7 · json_object "},
		{relay.DefaultParams().With("stop", []string{"one", "two", "three"}).With("seed", 123456789).With("top_k", 1), 59,
			"gpt-4.1 · temp 0.7 · +3 "},
	} {
		r := open(t, c.w, 24)
		r.snap.Chat.Params = c.params
		r.refresh()
		if got := r.screen(); !strings.Contains(got, c.want) {
			t.Errorf("want %q in\n%s", c.want, got)
		}
	}
}

// The system prompt is shown above the transcript, and its tokens below the composer.
func TestTheSystemPromptIsSeen(t *testing.T) {
	r := open(t, 80, 24, question(1, "hi"), ended(2, "hello", relay.StatusOK))
	r.snap.Chat.System = "You review Go code. Name the worst problem first, \x1b[2Jthen the others, each with its " +
		"line.\n\nNo praise."
	r.refresh()
	for _, want := range []string{"system  You review Go code.", "gpt-4.1 · system ~26 tok · temp 0.7"} {
		if got := r.screen(); !strings.Contains(got, want) {
			t.Errorf("no %q:\n%s", want, got)
		}
	}
}
