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

func TestFilesOfADraftAndOfAnEditComeBack(t *testing.T) {
	files := []session.Part{{Name: "a.txt", Text: "alpha\nbeta"}, {Name: "b.png", Image: "data:image/png;base64,AAAA"}}
	q := question(1, "look")
	q.Parts = files
	r := open(t, 80, 24, q, ended(2, "seen", relay.StatusOK))
	if s := r.screen(); !strings.Contains(s, "▌ ▣ a.txt 10 B ~3 tok  esc space opens\n") ||
		!strings.Contains(s, "▌ ▣ b.png 3 B ~765 tok\n") || strings.Contains(s, "beta") {
		t.Errorf("the question shows no chips:\n%s", s)
	}
	r.press("esc", "k", "space")
	if s := r.screen(); !strings.Contains(s, "▌   beta\n") {
		t.Errorf("the file was not opened:\n%s", s)
	}
	r.press("e")
	r.typed(" again")
	r.press("enter")
	if want := "edit look again"; r.store.did[0] != want || !slices.Equal(r.store.files, files) {
		t.Errorf("did %q with %+v", r.store.did, r.store.files)
	}
	r.snap.Chat.ID, r.snap.Chat.Draft, r.snap.Chat.Files = "c3", "half", files[:1]
	r.refresh()
	r.typed(" done")
	if err := r.SaveDraft(); err != nil || !slices.Equal(r.store.draft, files[:1]) ||
		r.store.drafts[len(r.store.drafts)-1] != "half done" {
		t.Errorf("draft %q with %+v, %v", r.store.drafts, r.store.draft, err)
	}
}

func TestAnEditThatIsLeftCanBeTakenBack(t *testing.T) {
	r := open(t, 80, 24, question(1, "hi"), ended(2, "hello", relay.StatusOK))
	r.press("esc", "e")
	r.typed(" there")
	r.press("esc")
	if r.Typing() || !r.compose.Empty() {
		t.Fatalf("typing %v, composer %q", r.Typing(), r.compose.Text())
	}
	r.press("ctrl+z")
	if r.compose.Text() != "hi there" || !r.compose.Editing() || !r.Typing() {
		t.Errorf("composer %q, editing %v", r.compose.Text(), r.compose.Editing())
	}
}

// Leaving an edit does not stop the saving of drafts: text typed next is saved after a pause.
func TestADraftIsSavedAfterAnEditThatWasLeft(t *testing.T) {
	r := open(t, 80, 24, question(1, "hi"), ended(2, "hello", relay.StatusOK))
	r.press("esc", "e", "esc", "i", "x")
	if got := r.store.drafts; len(got) == 0 || got[len(got)-1] != "x" {
		t.Errorf("drafts %q: the last one is not what was typed", got)
	}
}

// The inspector may ask for an edit when another chat is open, or when the answer is no longer shown.
func TestAnEditIsOfTheChatThatWasInspected(t *testing.T) {
	r := open(t, 80, 24, question(1, "hi"), ended(2, "hello", relay.StatusOK))
	msg, ok := r.inspect()().(pane.InspectMsg)
	if !ok {
		t.Fatal("nothing is inspected")
	}
	refused := func(what string) {
		t.Helper()
		r.refresh()
		toast := toasts(r.run(msg.Edit))
		if !strings.Contains(toast, "another chat is open") || !r.compose.Empty() || r.compose.Editing() {
			t.Errorf("%s: toast %q, composer %q", what, toast, r.compose.Text())
		}
	}
	r.snap.Chat.ID = "c3"
	refused("another chat")
	r.snap.Chat.ID, r.store.views = "c1", r.store.views[:1]
	refused("without the answer")
	r.store.views = append(r.store.views, ended(2, "hello", relay.StatusOK))
	r.refresh()
	if r.run(msg.Edit); r.compose.Text() != "hi" || !r.compose.Editing() {
		t.Errorf("composer %q, editing %v", r.compose.Text(), r.compose.Editing())
	}
}

// A second e on a question that is being edited keeps the changes.
func TestEditingTwiceKeepsTheEdit(t *testing.T) {
	r := open(t, 80, 24, question(1, "hi"), ended(2, "hello", relay.StatusOK))
	r.press("alt+k", "e")
	r.typed(" there")
	r.press("alt+k", "e")
	if got := r.compose.Text(); got != "hi there" || !r.compose.Editing() {
		t.Errorf("composer %q, editing %v", got, r.compose.Editing())
	}
}

// A slash and a word of another client runs the action; any other text with a slash is sent.
func TestSlashWordsAskForAnAction(t *testing.T) {
	r := open(t, 80, 24)
	r.typed("/new")
	msgs := r.press("enter")
	if !slices.Contains(msgs, tea.Msg(pane.ActionMsg{Name: "chat.new"})) || len(r.store.did) > 0 || !r.compose.Empty() {
		t.Errorf("got %v, did %q, composer %q", msgs, r.store.did, r.compose.Text())
	}
	for _, s := range []string{"/etc/passwd", "/new world", "/nonesuch", "new"} {
		r.typed(s)
		r.press("enter")
		if got := r.store.did[len(r.store.did)-1]; got != "ask c1 "+s {
			t.Errorf("%q: did %q", s, got)
		}
	}
}

func TestNothingToCopyLeavesTheClipboardAlone(t *testing.T) {
	r := open(t, 80, 24, question(1, "hi"), ended(2, "", relay.StatusFailed))
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

// BenchmarkTyping measures a key and the View after it, at the end and in the middle of a draft.
func BenchmarkTyping(b *testing.B) {
	for name, word := range map[string]string{"words": "retry ", "line": "x", "cjk": "日本語"} {
		for _, n := range []int{100, 1_000, 10_000, 100_000} {
			for _, middle := range []bool{false, true} {
				b.Run(fmt.Sprintf("%s/%d/middle=%v", name, n, middle), func(b *testing.B) {
					r := open(b, 80, 24, question(1, "hi"), ended(2, "x", relay.StatusOK))
					r.snap.Chat.ID, r.snap.Chat.Draft = "c5", strings.Repeat(word, n/utf8.RuneCountInString(word))
					r.refresh()
					_ = r.Model.View()
					if top := 24 - r.compose.Height(); middle {
						r.Update(tea.MouseClickMsg{Button: tea.MouseLeft, X: 30, Y: top + 3})
					}
					b.ReportAllocs()
					for b.Loop() {
						r.Update(stroke("x"))
						_ = r.Model.View()
						_ = r.Cursor()
						r.Update(stroke("backspace"))
					}
				})
			}
		}
	}
}
