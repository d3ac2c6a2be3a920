package settings

import (
	"errors"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestASystemPromptIsWrittenInManyLines(t *testing.T) {
	o := open(t)
	o.run(o.EditSystem())
	o.types("Be brief.")
	o.keys("enter")
	o.stack.Update(tea.PasteMsg{Content: "Answer\r\nin Czech."})
	o.keys("esc")
	if o.stack.Empty() || !strings.Contains(o.shown(80, 22), "not saved yet") {
		t.Fatalf("esc lost what was written:\n%s", o.shown(80, 22))
	}
	o.keys("ctrl+s")
	if want := []string{"system c1 Be brief.\nAnswer\nin Czech."}; !slices.Equal(o.store.did, want) || !o.stack.Empty() {
		t.Errorf("did %q, want %q", o.store.did, want)
	}
	o.run(o.EditSystem())
	if o.keys("esc"); !o.stack.Empty() {
		t.Error("esc asks though nothing was written")
	}
}

func TestASystemPromptComesBackFromTheEditor(t *testing.T) {
	o := open(t)
	o.run(o.EditSystem())
	o.types("draft")
	o.editor.err = errors.New("exit status 1")
	if toast := o.keys("ctrl+o"); toast != "the editor: exit status 1" || len(o.editor.removed) > 0 {
		t.Errorf("toast %q, removed %q", toast, o.editor.removed)
	}
	o.editor.text, o.editor.err = "From outside.", nil
	o.keys("ctrl+o", "ctrl+s")
	if want := []string{"system c1 From outside."}; !slices.Equal(o.store.did, want) || o.editor.got != "draft" {
		t.Errorf("did %q, want %q; the editor got %q", o.store.did, want, o.editor.got)
	}
	if want := []string{"draft.md"}; !slices.Equal(o.editor.removed, want) {
		t.Errorf("removed %q, want %q", o.editor.removed, want)
	}
}

func TestTheSystemPrompt(t *testing.T) {
	for _, size := range sizes {
		o := open(t)
		o.header.System = "You review Go code. Name the worst problem first, \x1b[2Jthen the others, each with its " +
			"line.\n\nNo praise."
		o.show()
		if got := o.line(); got != "system ~26 tok · temp 0.7" {
			t.Errorf("the facts are %q", got)
		}
		o.run(o.EditSystem())
		o.golden(t, "system", size)
	}
}
