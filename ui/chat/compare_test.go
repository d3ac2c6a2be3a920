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
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/uitest"
)

const (
	gloves = "Quantum entanglement links particles so closely that they share **one state**: describing one without " +
		"the other is no longer possible.\n\n**Analogy.** Put the two gloves of a pair into two sealed boxes and send " +
		"one abroad."
	coins = "Two particles are entangled when only their **joint** state is defined.\n\n- each single result is " +
		"random\n- together they match\n\n**Analogy.** Imagine two coins tossed in different cities, each of them"
)

// sideBySide is a comparison at one moment: one answer is there, one streams, one has failed.
func sideBySide(n int) []session.Column {
	q := question(1, "Explain quantum entanglement in one paragraph, then give one everyday analogy.")
	done := ended(2, gloves, relay.StatusOK)
	done.Out = 166
	done.Result.Usage.Output = 166
	done.Result.Timing.Last = start.Add(3120 * time.Millisecond)
	streams := live(3, coins, session.Streaming)
	streams.Out = 147
	failed := ended(4, "", relay.StatusFailed)
	failed.Result.Usage, failed.Result.Cost, failed.Result.Timing = nil, relay.Cost{}, relay.Timing{}
	failed.Result.Err = &relay.Error{Class: relay.ClassOverloaded, Status: 503, Message: "no capacity\x1b[2J"}
	var curve []session.Point
	for i := range 33 {
		curve = append(curve, session.Point{After: time.Duration(400+100*i) * time.Millisecond, Tokens: int64(5 * i)})
	}
	all := []session.Column{
		{Target: session.Target{Model: "gpt-4.1"}, Question: q, Answer: done, Curve: curve[:27]},
		{Target: session.Target{Model: "claude-sonnet-4.5", Endpoint: "backup-eu"}, Question: q, Answer: streams,
			Curve: curve},
		{Target: session.Target{Model: "deepseek-v3.2"}, Question: q, Answer: failed},
		{Target: session.Target{Model: "gemini-2.5-flash"}, Question: q, Answer: live(5, "", session.Waiting)},
	}
	return all[:n]
}

// TestNothingFoldsInAComparison: the answers of the columns are not in the transcript, where something could be
// opened.
func TestNothingFoldsInAComparison(t *testing.T) {
	cols := sideBySide(2)
	cols[0].Answer.Reasoning = "a thought"
	r := compared(t, 118, 32, cols)
	r.press("alt+k")
	if got := toasts(r.press("space")); !strings.Contains(got, "models are compared") {
		t.Errorf("toast %q", got)
	}
}

func compared(t testing.TB, w, h int, cols []session.Column) *testPane {
	r := open(t, w, h)
	r.store.cols = cols
	for _, c := range cols {
		r.snap.Chat.Compare = append(r.snap.Chat.Compare, c.Target)
		if c.Answer.ID != 0 && c.Answer.Phase != session.Ended {
			r.snap.Chat.Streaming, r.snap.Chat.Busy = true, true
		}
	}
	r.snap.Chat.Tokens, r.snap.Chat.TokensEst = 190, true
	r.refresh()
	return r
}

func TestColumns(t *testing.T) {
	for _, size := range [][2]int{{78, 20}, {116, 32}, {156, 41}} {
		uitest.Golden(t, fmt.Sprintf("compare-%dx%d", size[0], size[1]),
			compared(t, size[0], size[1], sideBySide(3)).screen())
	}
	uitest.Golden(t, "compare-four-156x41", compared(t, 156, 41, sideBySide(4)).screen())
	fresh := sideBySide(2)
	for i := range fresh {
		fresh[i].Question, fresh[i].Answer, fresh[i].Curve = session.View{}, session.View{}, nil
	}
	uitest.Golden(t, "compare-fresh-116x32", compared(t, 116, 32, fresh).screen())
	for w := 20; w < 200; w += 17 { // screen looks at the width of every line
		for h := 6; h < 60; h += 7 {
			compared(t, w, h, sideBySide(4)).screen()
		}
	}
}

func TestColumnKeys(t *testing.T) {
	r := compared(t, 156, 41, sideBySide(3))
	r.press("esc") // an answer streams: it stops all of them
	r.snap.Chat.Streaming, r.snap.Chat.Busy = false, false
	r.store.cols[1].Answer = ended(3, coins, relay.StatusOK)
	r.refresh()
	r.pace.clock = func() time.Time { return time.Now().Add(restAfter) }
	r.press("esc", "alt+right")
	r.press("r")
	r.press("1")
	want := []string{"stop c1", "again 1", "adopt 0"}
	if !slices.Equal(r.store.did, want) {
		t.Errorf("did %q, want %q", r.store.did, want)
	}
}

// TestScrollingAColumn: an answer that is longer than its column is read with the keys of a transcript, and
// following goes on at its end.
func TestScrollingAColumn(t *testing.T) {
	cols := sideBySide(2)
	cols[0].Answer = ended(2, strings.Repeat("line\n\n", 100)+"the very end", relay.StatusOK)
	r := compared(t, 116, 32, cols)
	r.snap.Chat.Streaming = false
	r.refresh()
	if !strings.Contains(r.screen(), "the very end") {
		t.Error("the end is not shown")
	}
	r.reading()
	r.press("pgup")
	if strings.Contains(r.screen(), "the very end") {
		t.Error("it does not scroll")
	}
	r.press("pgdown", "pgdown")
	if !strings.Contains(r.screen(), "the very end") {
		t.Error("it does not follow again")
	}
}

func TestPickingWhatIsCompared(t *testing.T) {
	r := open(t, 116, 32)
	d := r.compare.Pick(r.model)().(overlay.OpenMsg).Dialog
	for _, k := range []string{"down", "enter"} { // the chat's own model is marked from the start
		r.feed(d, k)
	}
	if want := "compare [{gpt-4.1 } {deepseek-v3.2 }]"; !slices.Contains(r.store.did, want) {
		t.Errorf("did %q, want %q", r.store.did, want)
	}
}

// One model is no comparison: enter says what is missing, and the picker stays.
func TestOneModelIsNoComparison(t *testing.T) {
	r := open(t, 116, 32)
	d := r.over("alt+c")
	d.keys("enter")
	if got := d.shown(116, 30); !strings.Contains(got, "mark a second model with space") {
		t.Errorf("no note is shown:\n%s", got)
	}
	d.keys("down", "space")
	if got := d.shown(116, 30); strings.Contains(got, "mark a second") || !strings.Contains(got, "2 deepseek-v3.2") {
		t.Errorf("not marked:\n%s", got)
	}
	d.keys("enter")
	if want := "compare [{gpt-4.1 } {deepseek-v3.2 }]"; !slices.Contains(r.store.did, want) {
		t.Errorf("did %q, want %q", r.store.did, want)
	}
}

// feed gives a dialog a key and runs what it asks for.
func (r *testPane) feed(d overlay.Dialog, k string) {
	if _, cmd := d.Update(uitest.Key(k)); cmd != nil {
		if msg := cmd(); msg != nil {
			if _, zoom := msg.(pane.ZoomMsg); !zoom {
				r.Update(msg)
			}
		}
	}
}

// TestFiguresAreCalm: the text moves with every frame, numbers four times a second, and at the end they are the
// last ones.
func TestFiguresAreCalm(t *testing.T) {
	v := live(2, "one", session.Streaming)
	r := open(t, 80, 24, question(1, "hi"), v)
	r.screen()
	at := func(d time.Duration, s string, out int64) string {
		v.Text, v.Out, v.Version = s, out, v.Version+1
		r.store.views = []session.View{question(1, "hi"), v}
		r.snap.At = start.Add(4*time.Second + d)
		if r.snap.Chat.Version++; v.Phase == session.Ended {
			r.snap.Chat.Shape++
		}
		snap := r.snap
		r.Refresh(&snap)
		return r.screen()
	}
	for _, c := range []struct {
		after time.Duration
		text  string
		out   int64
		shows string
	}{{100 * time.Millisecond, "one two", 400, "~208"}, {260 * time.Millisecond, "one two three four", 500, "~500"}} {
		if got := at(c.after, c.text, c.out); !strings.Contains(got, c.text[:len(c.text)-1]) ||
			!strings.Contains(got, "out "+c.shows) {
			t.Errorf("after %s:\n%s", c.after, got)
		}
	}
	v = ended(2, "one two three four five", relay.StatusOK)
	if got := at(300*time.Millisecond, v.Text, 58); !strings.Contains(got, "1,204→58 tok") {
		t.Errorf("at the end:\n%s", got)
	}
}

// TestAgainInAComparisonAsksAboutAnUnknownPrice: with budget_day, as for any other request.
func TestAgainInAComparisonAsksAboutAnUnknownPrice(t *testing.T) {
	r := compared(t, 118, 32, sideBySide(2))
	r.store.err = &relay.UnpricedError{Model: "gpt-4.1", Limit: "budget_day"}
	r.press("alt+k")
	msgs := r.press("r")
	if !slices.ContainsFunc(msgs, func(m tea.Msg) bool { _, ok := m.(overlay.OpenMsg); return ok }) {
		t.Errorf("it does not ask: %+v", msgs)
	}
}
