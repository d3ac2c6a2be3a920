package compose

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/session"
	"relaytop/ui/uitest"
)

func TestUndoAndRedo(t *testing.T) {
	o := open(t)
	o.types("one two")
	o.press("ctrl+u")
	o.Paste(strings.Repeat("row\n", 50))
	o.press("backspace")
	if !o.Empty() {
		t.Fatal("the composer is not empty")
	}
	for i, want := range []struct {
		text  string
		files int
	}{{"", 1}, {"", 0}, {"one two", 0}, {"one", 0}, {"", 0}, {"", 0}} {
		o.press("ctrl+z")
		if got := o.Text(); got != want.text || len(o.files.chips) != want.files {
			t.Errorf("undo %d: %q and %d files, want %q and %d", i+1, got, len(o.files.chips), want.text, want.files)
		}
	}
	for range 9 {
		o.press("ctrl+y")
	}
	if !o.Empty() {
		t.Errorf("redone there is %q", o.Text())
	}
	o.press("ctrl+z", "ctrl+z", "ctrl+z")
	o.types("!")
	if o.press("ctrl+y"); o.Text() != "one two!" {
		t.Errorf("a change does not end the redoing: %q", o.Text())
	}
}

func TestUndoIsBounded(t *testing.T) {
	o := open(t)
	big := strings.Repeat("x", undoBytes/4)
	for range 40 {
		o.remember(changeOther, true)
		o.editor.SetValue(big)
	}
	size := 0
	for _, w := range o.undo.back {
		size += len(w.text)
	}
	if size > undoBytes {
		t.Errorf("%d bytes are kept", size)
	}
}

// Typing without a pause is saved too: a crash loses one second of it.
func TestTypingWithoutAPauseIsSaved(t *testing.T) {
	o := open(t)
	saves := 0
	for range 10 {
		o.types("x")
		behind := saveMsg{chat: "c1", serial: o.draft.serial - 1}
		if o.Update(behind); len(o.store.drafts) > saves {
			t.Fatal("Update saved")
		}
		if !o.draft.unsaved {
			saves++
		}
	}
	if saves < 3 {
		t.Errorf("in ten pauses it was saved %d times", saves)
	}
}

// A prompt that the store has not taken when the program ends is in the draft of the next start; one that it took
// is not.
func TestAPromptInFlightIsNotLost(t *testing.T) {
	o := open(t)
	o.types("taken")
	o.press("enter")
	o.types("slow")
	slow := o.Send() // the program ends before the store answers
	o.types("draft")
	if slow == nil {
		t.Fatal("nothing was sent")
	}
	if err := o.SaveDraft(); err != nil {
		t.Fatal(err)
	}
	if got := o.store.drafts[len(o.store.drafts)-1]; got != "c1 slow\ndraft" {
		t.Errorf("the draft is %q", got)
	}
}

// A message that was not sent comes back before the text typed since, or becomes the draft of its chat.
func TestAnUnsentMessageComesBack(t *testing.T) {
	o := open(t)
	o.types("first")
	slow := o.Send()
	o.types("next")
	o.store.err = errDisk
	o.run(slow)
	if got := o.Text(); got != "first\nnext" {
		t.Errorf("the composer holds %q", got)
	}
	o.store.err = nil
	o.run(o.deliver(sentMsg{chat: "c9", prompt: session.Prompt{Text: "elsewhere"}, err: errDisk}))
	if got := o.store.drafts[len(o.store.drafts)-1]; got != "c9 elsewhere" || o.Text() != "first\nnext" {
		t.Errorf("saved %q, the composer holds %q", got, o.Text())
	}
}

func TestABurstOfKeysStartsOneTimer(t *testing.T) {
	o := open(t)
	clocks := 0
	var tick tea.Cmd
	for range 1000 {
		if cmd := o.Press(uitest.Key("x")); cmd != nil {
			clocks, tick = clocks+1, cmd
		}
	}
	if clocks != 1 {
		t.Errorf("%d clocks", clocks)
	}
	o.run(tick)
	if len(o.store.drafts) != 1 || len(o.store.drafts[0]) != 1003 {
		t.Errorf("%d drafts saved", len(o.store.drafts))
	}
}
