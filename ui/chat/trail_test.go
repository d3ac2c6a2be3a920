package chat

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/pane"
)

func TestWhatWasWrittenCanBeTakenBack(t *testing.T) {
	r := open(t, 80, 24)
	r.typed("one two")
	r.press("ctrl+u")
	r.Update(tea.PasteMsg{Content: strings.Repeat("row\n", 50)})
	r.press("backspace")
	if !r.compose.empty() {
		t.Fatal("the composer is not empty")
	}
	for i, want := range []struct {
		text  string
		files int
	}{{"", 1}, {"", 0}, {"one two", 0}, {"one", 0}, {"", 0}, {"", 0}} {
		r.press("ctrl+z")
		if got := r.compose.area.Value(); got != want.text || len(r.compose.files) != want.files {
			t.Errorf("undo %d: %q and %d files, want %q and %d", i+1, got, len(r.compose.files), want.text, want.files)
		}
	}
	for range 9 {
		r.press("ctrl+y")
	}
	if !r.compose.empty() {
		t.Errorf("redone there is %q", r.compose.area.Value())
	}
	r.press("ctrl+z", "ctrl+z", "ctrl+z")
	r.typed("!")
	if r.press("ctrl+y"); r.compose.area.Value() != "one two!" {
		t.Errorf("a change does not end the redoing: %q", r.compose.area.Value())
	}
}

func TestAnEditThatIsLeftCanBeTakenBack(t *testing.T) {
	r := open(t, 80, 24, said(1, "hi"), ended(2, "hello", relay.StatusOK))
	r.press("esc", "e")
	r.typed(" there")
	r.press("esc")
	if r.Typing() || !r.compose.empty() {
		t.Fatalf("typing %v, composer %q", r.Typing(), r.compose.area.Value())
	}
	r.press("ctrl+z")
	if r.compose.area.Value() != "hi there" || r.compose.edits != 1 || !r.Typing() {
		t.Errorf("composer %q, edits %d", r.compose.area.Value(), r.compose.edits)
	}
}

func TestTheTrailIsBounded(t *testing.T) {
	r := open(t, 80, 24)
	big := strings.Repeat("x", trailBytes/4)
	for range 40 {
		r.compose.keep(changedOther, true)
		r.compose.area.SetValue(big)
	}
	size := 0
	for _, w := range r.compose.trail.back {
		size += len(w.text)
	}
	if size > trailBytes {
		t.Errorf("%d bytes are kept", size)
	}
}

// A lone word that is a command elsewhere opens the palette; everything else with a slash is sent.
func TestSlashWordsOpenThePalette(t *testing.T) {
	r := open(t, 80, 24)
	r.typed("/new")
	msgs := r.press("enter")
	if !slices.Contains(msgs, tea.Msg(pane.PaletteMsg{Typed: "new chat"})) || len(r.store.did) > 0 || !r.compose.empty() {
		t.Errorf("got %v, did %q, composer %q", msgs, r.store.did, r.compose.area.Value())
	}
	for _, s := range []string{"/etc/passwd", "/new world", "/nonesuch", "new"} {
		r.typed(s)
		r.press("enter")
		if got := r.store.did[len(r.store.did)-1]; got != "ask c1 "+s {
			t.Errorf("%q: did %q", s, got)
		}
	}
}

// Typing without a pause is saved all the same: a crash costs a second of it.
func TestTypingWithoutAPauseIsSaved(t *testing.T) {
	r := open(t, 80, 24)
	saves := 0
	for range 10 {
		r.typed("x")
		behind := saveMsg{chat: "c1", serial: r.compose.serial - 1}
		if r.Update(behind); len(r.store.drafts) > saves {
			t.Fatal("Update saved")
		}
		if !r.compose.dirty {
			saves++
		}
	}
	if saves < 3 {
		t.Errorf("in ten pauses it was saved %d times", saves)
	}
}

// A prompt that the store has not taken when the program ends is in the draft of the next start; one that it took is not.
func TestAPromptOnItsWayIsNotLost(t *testing.T) {
	r := open(t, 80, 24)
	r.typed("taken")
	r.press("enter")
	r.typed("slow")
	slow := r.Update(stroke("enter")) // the program ends before the store answers
	r.typed("draft")
	if slow == nil {
		t.Fatal("nothing was sent")
	}
	if err := r.SaveDraft(); err != nil {
		t.Fatal(err)
	}
	if got := r.store.drafts[len(r.store.drafts)-1]; got != "slow\ndraft" {
		t.Errorf("the draft is %q", got)
	}
}

func TestNothingToCopyLeavesTheClipboardAlone(t *testing.T) {
	r := open(t, 80, 24, said(1, "hi"), ended(2, "", relay.StatusFailed))
	r.press("alt+k")
	msgs := r.press("y")
	for _, m := range msgs {
		if _, ok := m.(pane.CopyMsg); ok {
			t.Errorf("copied %+v", m)
		}
	}
	if !strings.Contains(toasts(msgs), "nothing to copy") {
		t.Errorf("toasts %q", toasts(msgs))
	}
}

// What was not sent comes back before what was written meanwhile, or into the draft of its chat.
func TestWhatWasNotSentComesBackWhereverOneIs(t *testing.T) {
	r := open(t, 80, 24)
	r.typed("first")
	slow := r.Update(stroke("enter"))
	r.typed("next")
	r.store.err = errDisk
	r.run(slow)
	if got := r.compose.area.Value(); got != "first\nnext" {
		t.Errorf("the composer holds %q", got)
	}
	r.store.err = nil
	r.run(r.Update(askedMsg{chat: "c9", prompt: session.Prompt{Text: "elsewhere"}, err: errDisk}))
	if got := r.store.drafts[len(r.store.drafts)-1]; got != "elsewhere" || r.compose.area.Value() != "first\nnext" {
		t.Errorf("saved %q, the composer holds %q", got, r.compose.area.Value())
	}
}

// A second e on the question that is edited already keeps what was changed.
func TestEditingTwiceKeepsTheEdit(t *testing.T) {
	r := open(t, 80, 24, said(1, "hi"), ended(2, "hello", relay.StatusOK))
	r.press("alt+k", "e")
	r.typed(" there")
	r.press("alt+k", "e")
	if got := r.compose.area.Value(); got != "hi there" || r.compose.edits != 1 {
		t.Errorf("composer %q, edits %d", got, r.compose.edits)
	}
}

func TestABurstStartsOneClock(t *testing.T) {
	r := open(t, 80, 24, said(1, "hi"), ended(2, "x", relay.StatusOK))
	clocks := 0
	var tick tea.Cmd
	for range 1000 {
		if cmd := r.Update(stroke("x")); cmd != nil {
			clocks, tick = clocks+1, cmd
		}
	}
	if clocks != 1 {
		t.Errorf("%d clocks", clocks)
	}
	r.run(tick)
	if len(r.store.drafts) != 1 || len(r.store.drafts[0]) != 1000 {
		t.Errorf("%d drafts saved", len(r.store.drafts))
	}
}

// BenchmarkTyping is a key and the drawing after it, at the end and in the middle of a draft of so many characters.
func BenchmarkTyping(b *testing.B) {
	for name, word := range map[string]string{"words": "retry ", "line": "x", "cjk": "日本語"} {
		for _, n := range []int{100, 1_000, 10_000, 100_000} {
			for _, middle := range []bool{false, true} {
				b.Run(fmt.Sprintf("%s/%d/middle=%v", name, n, middle), func(b *testing.B) {
					r := open(b, 80, 24, said(1, "hi"), ended(2, "x", relay.StatusOK))
					r.compose.area.SetValue(strings.Repeat(word, n/utf8.RuneCountInString(word)))
					if row, col := r.compose.area.Position(); middle {
						r.compose.area.SetPosition(row, col/2)
					}
					b.ReportAllocs()
					for b.Loop() {
						r.Update(stroke("x"))
						_ = r.View()
						_ = r.Cursor()
						r.Update(stroke("backspace"))
					}
				})
			}
		}
	}
}
