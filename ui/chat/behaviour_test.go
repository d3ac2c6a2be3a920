package chat

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
)

func TestEnterSendsAndKeysMakeNewLines(t *testing.T) {
	r := open(t, 80, 24, question(1, "hi"), ended(2, "hello", relay.StatusOK))
	r.typed("one")
	r.press("ctrl+j")
	r.typed("two")
	r.press("alt+enter")
	r.typed(`three\`)
	r.press("enter")
	r.typed("four")
	if got := r.compose.Text(); got != "one\ntwo\nthree\nfour" {
		t.Fatalf("composed %q", got)
	}
	if !strings.Contains(r.screen(), "▌ four\n") {
		t.Errorf("the composer did not grow:\n%s", r.screen())
	}
	r.press("enter")
	if want := []string{"ask c1 one\ntwo\nthree\nfour"}; !slices.Equal(r.store.did, want) {
		t.Errorf("did %q, want %q", r.store.did, want)
	}
	if !r.compose.Empty() {
		t.Error("the composer is not empty after sending")
	}
}

func TestWhatCannotBeSentComesBack(t *testing.T) {
	r := open(t, 80, 24, question(1, "hi"), ended(2, "hello", relay.StatusOK))
	r.store.err = relay.AsError(errDisk, relay.ClassInvalid)
	r.typed("precious")
	if got := toasts(r.press("enter")); !strings.Contains(got, "not sent") {
		t.Errorf("toast %q", got)
	}
	if got := r.compose.Text(); got != "precious" {
		t.Errorf("composer holds %q", got)
	}
}

var errDisk = &relay.Error{Class: relay.ClassInvalid, Message: "disk full"}

func TestPasteNeverSends(t *testing.T) {
	r := open(t, 80, 24)
	r.Update(tea.PasteMsg{Content: "a\r\nb\n"})
	if len(r.store.did) > 0 || r.compose.Text() != "a\nb\n" {
		t.Errorf("did %q, composer %q", r.store.did, r.compose.Text())
	}
	r.Update(tea.PasteMsg{Content: strings.Repeat("row ```\n", 50)})
	if r.compose.Files() != 1 || !strings.Contains(r.screen(), "▣ paste 1 400 B ~") {
		t.Errorf("no chip for a long paste:\n%s", r.screen())
	}
	r.press("enter")
	if got := r.store.did[0]; !strings.HasPrefix(got, "ask c1 a\nb\n\npaste 1:\n````\nrow ```\n") ||
		!strings.HasSuffix(got, "\n````") {
		t.Errorf("sent %q", got)
	}
}

func TestHistoryKeepsTheDraft(t *testing.T) {
	r := open(t, 80, 24, question(1, "first"), ended(2, "x", relay.StatusOK), question(3, "second"),
		ended(4, "y", relay.StatusOK))
	r.typed("draft")
	for _, step := range []struct{ key, want string }{{"up", "second"}, {"up", "first"}, {"up", "first"},
		{"down", "second"}, {"down", "draft"}, {"down", "draft"}} {
		r.press(step.key)
		if got := r.compose.Text(); got != step.want {
			t.Errorf("after %s: %q, want %q", step.key, got, step.want)
		}
	}
}

func TestEscapeStopsThenLeaves(t *testing.T) {
	r := open(t, 80, 24, question(1, "hi"), live(2, "so far", session.Streaming))
	r.press("esc")
	if !slices.Equal(r.store.did, []string{"stop c1"}) || !r.Typing() {
		t.Fatalf("did %q, typing %v", r.store.did, r.Typing())
	}
	r.store.views[1] = ended(2, "so far", relay.StatusCancelled)
	r.refresh()
	r.press("esc")
	if !r.Typing() {
		t.Error("an esc too many, right behind the one that stopped, took the letters away")
	}
	r.pace.clock = func() time.Time { return time.Now().Add(restAfter) }
	r.press("esc")
	if r.Typing() || r.Cursor() != nil {
		t.Error("the composer still has the letters")
	}
	r.press("i")
	if !r.Typing() || r.Cursor() == nil {
		t.Error("i did not give them back")
	}
}

func TestNewTextNeverMovesTheReader(t *testing.T) {
	long := strings.Repeat("A line of its own.\n\n", 40)
	r := open(t, 60, 20, question(1, "hi"), live(2, long, session.Streaming))
	r.press("pgup", "pgup")
	before := strings.Split(r.screen(), "\n")[1:15]
	for range 5 {
		v := &r.store.views[1]
		v.Text += "More of it.\n\n"
		v.Version++
		r.refresh()
	}
	got := r.screen()
	if after := strings.Split(got, "\n")[1:15]; !slices.Equal(before, after) {
		t.Errorf("the reader was moved:\n%s", got)
	}
	if !strings.Contains(got, "↓ 10 new lines - end to follow") {
		t.Errorf("nothing says what is new:\n%s", got)
	}
	top := strings.TrimSpace(before[1])
	r.Resize(40, 20)
	if now := strings.Split(r.screen(), "\n"); !strings.Contains(strings.Join(now[1:4], " "), top) {
		t.Errorf("resizing moved the reader from %q to %q", top, now[1])
	}
	r.press("end")
	if got := r.screen(); !strings.Contains(got, "More of it.") || !strings.Contains(got, "streaming") {
		t.Errorf("end does not follow:\n%s", got)
	}
}

func TestLettersNavigate(t *testing.T) {
	r := open(t, 80, 24, question(1, "hi"), ended(2, "one\n\n```go\na := \"\t\"\n```\n\n```\nb\n```", relay.StatusOK),
		question(3, "again"), ended(4, "two", relay.StatusOK))
	r.press("esc", "k", "k")
	if r.chosen() != 2 || !strings.Contains(r.screen(), "› one") {
		t.Fatalf("selected %d:\n%s", r.chosen(), r.screen())
	}
	r.press("r")
	if !slices.Contains(r.store.did, "regenerate") {
		t.Errorf("did %q", r.store.did)
	}
	if got := r.press("y"); !slices.Contains(got,
		tea.Msg(pane.CopyMsg{Text: "one\n\n```go\na := \"\t\"\n```\n\n```\nb\n```", What: "the answer"})) {
		t.Errorf("copied %#v", got)
	}
	if got := r.press("1", "y"); !slices.Contains(got, tea.Msg(pane.CopyMsg{Text: "a := \"\t\"", What: "code block 1"})) {
		t.Errorf("the clipboard did not get the raw code: %#v", got)
	}
	if got := toasts(r.press("3", "y")); !strings.Contains(got, "no code block 3") {
		t.Errorf("toast %q", got)
	}
	if got := toasts(r.press("c")); got != "the answer is complete" {
		t.Errorf("why continue is off: %q", got)
	}
	r.press("e")
	r.typed("!")
	r.press("enter")
	if !slices.Contains(r.store.did, "edit hi!") {
		t.Errorf("did %q", r.store.did)
	}
}

func TestQueuedPromptComesBack(t *testing.T) {
	r := open(t, 80, 24, question(1, "hi"), live(2, "x", session.Streaming))
	r.store.queued = "later"
	r.snap.Chat.Queued = []string{"later"}
	r.refresh()
	if !strings.Contains(r.screen(), "queued  later") {
		t.Errorf("it is not shown:\n%s", r.screen())
	}
	r.typed("now")
	r.press("alt+up")
	if got := r.compose.Text(); got != "later\nnow" {
		t.Errorf("composer holds %q", got)
	}
}

func TestDraftsAreSavedPerChat(t *testing.T) {
	r := open(t, 80, 24, question(1, "hi"), ended(2, "x", relay.StatusOK))
	r.typed("half a th")
	r.run(r.compose.SaveNow())
	if !slices.Equal(r.store.drafts, []string{"half a th"}) {
		t.Errorf("drafts %q", r.store.drafts)
	}
	r.typed("ought")
	if err := r.SaveDraft(); err != nil || r.store.drafts[1] != "half a thought" {
		t.Errorf("at the end: %v %q", err, r.store.drafts)
	}
	r.snap.Chat.ID, r.snap.Chat.Draft = "c2", "another"
	r.refresh()
	if got := r.compose.Text(); got != "another" {
		t.Errorf("the other chat's draft is %q", got)
	}
}

func TestEmptyChatSendsItsExample(t *testing.T) {
	r := open(t, 80, 40)
	r.press("enter")
	if !slices.Equal(r.store.did, []string{"ask c1 " + example}) {
		t.Errorf("did %q", r.store.did)
	}
}

func TestDeleteAsks(t *testing.T) {
	r := open(t, 80, 24, question(1, "hi"), ended(2, "x", relay.StatusOK))
	r.press("esc")
	msgs := r.press("D")
	if len(r.store.did) != 0 || !slices.ContainsFunc(msgs,
		func(m tea.Msg) bool { _, ok := m.(overlay.OpenMsg); return ok }) {
		t.Errorf("did %q, %#v", r.store.did, msgs)
	}
}

func TestEverySizeIsExact(t *testing.T) {
	for _, views := range scenes() {
		r := open(t, 80, 24, views...)
		r.typed("some words that are long enough to wrap in a narrow pane, 漢字 too")
		for w := 1; w < 130; w += 7 {
			for h := 1; h < 40; h += 3 {
				r.Resize(w, h)
				r.screen()
			}
		}
	}
}

func TestViewIsCached(t *testing.T) {
	for name, r := range map[string]*testPane{
		"answered":  open(t, 80, 24, question(1, "hi"), ended(2, "x", relay.StatusOK)),
		"empty":     open(t, 80, 24),
		"comparing": compared(t, 116, 32, sideBySide(3)),
	} {
		_ = r.Model.View()
		if n := testing.AllocsPerRun(10, func() { _ = r.Model.View() }); n != 0 {
			t.Errorf("%s: a second View allocates %v times", name, n)
		}
	}
}

// The wheel and the keys of a column take effect in the next View.
func TestColumnsAreDrawnAgain(t *testing.T) {
	cols := sideBySide(2)
	cols[0].Answer = ended(2, strings.Repeat("line\n\n", 100)+"the very end", relay.StatusOK)
	r := compared(t, 116, 32, cols)
	was := r.screen()
	r.Update(tea.MouseWheelMsg{Button: tea.MouseWheelUp, X: 3, Y: 9})
	if r.screen() == was {
		t.Error("the wheel did nothing")
	}
	r.reading()
	was = r.View()
	for _, a := range r.Actions() {
		if a.Name == "chat.column.next" {
			a.Do() // as the palette does it, without a key
		}
	}
	if r.View() == was {
		t.Error("another column is chosen, and it does not show")
	}
}

// A token does not copy the messages above its answer: they are only read again when they may have changed.
func TestATokenCopiesNothing(t *testing.T) {
	r := open(t, 80, 24, question(1, "hi"), ended(2, "hello", relay.StatusOK), question(3, "go on"),
		live(4, "one", session.Streaming))
	before := r.store.copied
	for _, text := range []string{"one two ", "one two three "} {
		v := &r.store.views[3]
		v.Text, v.Version = text, v.Version+1
		r.grow()
		if got := r.screen(); !strings.Contains(got, strings.TrimSpace(text)) {
			t.Errorf("no %q:\n%s", text, got)
		}
	}
	if n := r.store.copied - before; n != 0 {
		t.Errorf("all messages were asked for %d times", n)
	}
	r.store.views[3] = ended(4, "one two three four", relay.StatusOK)
	if r.refresh(); r.store.copied == before || !strings.Contains(r.screen(), "four") {
		t.Errorf("the end is not shown:\n%s", r.screen())
	}
}

// BenchmarkToken measures a token and the frame after it, in a chat of few and of many messages.
func BenchmarkToken(b *testing.B) {
	for _, n := range []int{2, 1000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			var views []session.View
			for i := range n {
				views = append(views, ended(int64(i+1), strings.Repeat("answer ", 20), relay.StatusOK))
			}
			v := live(int64(n+1), strings.Repeat("Some words. \n\n", 100), session.Streaming)
			r := open(b, 80, 41, append(views, v)...)
			for range 200 { // counts what is above, a budget each frame
				r.refresh()
				_ = r.Model.View()
			}
			last := &r.store.views[n]
			grow := []byte(last.Text)
			i := 0
			b.ReportAllocs()
			for b.Loop() {
				if i++; i%20 == 0 {
					grow = append(grow, "\n\n"...)
				}
				grow = append(grow, " token"...)
				last.Text = string(grow[:len(grow):len(grow)])
				last.Version++
				r.snap.At = r.snap.At.Add(33 * time.Millisecond)
				r.grow()
				_ = r.Model.View()
			}
		})
	}
}

func TestComposerGrowsToAThird(t *testing.T) {
	r := open(t, 40, 30, question(1, "hi"), ended(2, "x", relay.StatusOK))
	r.typed("words that wrap by word and not by cell, so the rows are more than the cells say")
	if got := strings.Count(r.screen(), "▌"); got != 1+4 { // the question, three rows of text, the line below
		t.Errorf("%d bars:\n%s", got, r.screen())
	}
	for range 20 {
		r.press("ctrl+j")
		r.typed("x")
	}
	if got, want := r.compose.Height(), 30/3; got != want {
		t.Errorf("it is %d lines high, not %d", got, want)
	}
	if c := r.Cursor(); c == nil || c.Y != 30-2 || c.X != 3 {
		t.Errorf("the cursor stands at %+v:\n%s", c, r.screen())
	}
}

// After a stop a queued message is not sent by itself; enter sends it.
func TestWhatWaitsAfterAStop(t *testing.T) {
	r := open(t, 80, 24, question(1, "hi"), ended(2, "cut", relay.StatusCancelled))
	r.snap.Chat.Queued = []string{"and then"}
	r.refresh()
	if got := r.screen(); !strings.Contains(got, "enter sends   alt+up edits") {
		t.Errorf("\n%s", got)
	}
	r.press("enter")
	if !slices.Contains(r.store.did, "send queued c1") {
		t.Errorf("did %q", r.store.did)
	}
}

// Letters can be made commands without stopping an answer in flight.
func TestReadingWhileAnAnswerIsWritten(t *testing.T) {
	r := open(t, 80, 24, question(1, "hi"), ended(2, "hello", relay.StatusOK), question(3, "go on"),
		live(4, "one", session.Streaming))
	r.press("alt+k", "k", "k")
	if r.press("y"); r.Typing() || r.chosen() != 2 || slices.Contains(r.store.did, "stop c1") {
		t.Errorf("typing %v, selected %d, did %q", r.Typing(), r.chosen(), r.store.did)
	}
}
