package compose

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"relaytop/state/session"
)

func TestASaveOfAnOlderDraftWaits(t *testing.T) {
	o := open(t)
	o.types("half a th")
	o.Update(saveMsg{chat: "c1", serial: o.draft.serial - 1})
	if len(o.store.drafts) != 0 {
		t.Error("a save that is behind was not dropped")
	}
	o.run(o.deliver(saveMsg{chat: "c1", serial: o.draft.serial}))
	if want := []string{"c1 half a th"}; !slices.Equal(o.store.drafts, want) {
		t.Errorf("drafts %q, want %q", o.store.drafts, want)
	}
	o.types("ought")
	if err := o.SaveDraft(); err != nil || o.store.lastDraft() != "c1 half a thought" {
		t.Errorf("at the end: %v %q", err, o.store.drafts)
	}
}

func TestTheEditorGivesTheTextBack(t *testing.T) {
	o := open(t)
	file, err := draftFile("half")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("half and more\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text, kept, err := readBack(file, nil)
	o.run(o.deliver(editedMsg{chat: "c1", text: text, file: kept, err: err}))
	if o.Text() != "half and more" {
		t.Errorf("the composer holds %q", o.Text())
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the file of the draft stayed: %v", err)
	}
	if _, kept, err := readBack(file, errors.New("exit status 1")); kept != file || err == nil {
		t.Errorf("kept %q, %v", kept, err)
	}
}

// Each reply is for the chat that it names. When another chat is open by now, what is written there stays as it is,
// and what the reply carries is kept for its own chat.
func TestRepliesOfAnotherChatChangeNothingHere(t *testing.T) {
	file, err := draftFile("long work")
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(file)
	for _, c := range []struct {
		name  string
		msg   any
		did   string // what the store did
		draft string // chat and text of the draft that was saved
		says  string
	}{
		{"not sent", sentMsg{chat: "c1", prompt: session.Prompt{Text: "lost"}, edits: 7, err: errDisk},
			"", "c1 lost", "not sent: "},
		{"sent", sentMsg{chat: "c1", prompt: session.Prompt{Text: "lost"}}, "", "", ""},
		{"unqueued", unqueuedMsg{chat: "c1", prompt: session.Prompt{Text: "later"}}, "ask c1 later", "", ""},
		{"picked file", attachedMsg{chat: "c1", parts: []session.Part{{Name: "a", Text: "x"}}, paths: []string{"/a"}}, "", "",
			"nothing was attached"},
		{"pasted path", attachedMsg{chat: "c1", typed: "own", parts: []session.Part{{Name: "a", Text: "x"}}}, "", "", ""},
		{"refused path", attachedMsg{chat: "c1", typed: "own", refused: []string{"a folder"}}, "", "", ""},
		{"external editor", editedMsg{chat: "c1", text: "long work", file: file}, "", "", "your text is in " + file},
	} {
		o := open(t)
		o.Enter(&session.Header{ID: "c9", Draft: "own"}, nil)
		toast := toasts(o.run(o.deliver(c.msg)))
		if o.Text() != "own" || o.Files() != 0 || o.Editing() || len(o.undo.back) > 0 || len(o.files.recent) > 0 {
			t.Errorf("%s: the composer holds %q, %d files, editing %v", c.name, o.Text(), o.Files(), o.Editing())
		}
		if got := strings.Join(o.store.did, "|"); got != c.did || o.store.lastDraft() != c.draft {
			t.Errorf("%s: did %q, saved %q; want %q, %q", c.name, got, o.store.lastDraft(), c.did, c.draft)
		}
		if !strings.Contains(toast, c.says) || c.says == "" && toast != "" {
			t.Errorf("%s: toast %q, want %q", c.name, toast, c.says)
		}
	}
	if _, err := os.Stat(file); err != nil {
		t.Errorf("the editor's file is gone: %v", err)
	}
}

// A timer that was started in one chat does not save the draft of another one, neither in the wrong chat nor before
// typing pauses.
func TestATimerOfAnotherChatSavesNothing(t *testing.T) {
	o := open(t)
	o.types("x")
	o.Enter(&session.Header{ID: "c9"}, nil)
	o.types("y")
	if cmd := o.deliver(saveMsg{chat: "c1", serial: o.draft.serial}); cmd == nil || len(o.store.drafts) > 0 {
		t.Errorf("saved %q", o.store.drafts)
	}
	if err := o.SaveDraft(); err != nil || o.store.lastDraft() != "c9 y" {
		t.Errorf("saved %q, %v", o.store.drafts, err)
	}
}
