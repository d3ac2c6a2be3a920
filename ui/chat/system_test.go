package chat

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/ui/uitest"
)

func (f *fake) SetSystem(chat, s string) error { return f.note("system " + chat + " " + s) }

func TestASystemPromptIsWrittenInManyLines(t *testing.T) {
	r := open(t, 80, 24)
	d := r.over("alt+s")
	d.types("Be brief.")
	d.keys("enter")
	d.stack.Update(tea.PasteMsg{Content: "Answer\r\nin Czech."})
	d.keys("esc")
	if d.stack.Empty() || !strings.Contains(d.shown(80, 22), "not kept yet") {
		t.Fatalf("esc lost what was written:\n%s", d.shown(80, 22))
	}
	d.keys("ctrl+s")
	if want := []string{"system c1 Be brief.\nAnswer\nin Czech."}; !slices.Equal(r.store.did, want) || !d.stack.Empty() {
		t.Errorf("did %q, want %q", r.store.did, want)
	}
	d = r.over("alt+s")
	if d.keys("esc"); !d.stack.Empty() {
		t.Error("esc asks though nothing was written")
	}
}

func TestASystemPromptComesBackFromTheEditor(t *testing.T) {
	r := open(t, 80, 24)
	d := r.over("alt+s")
	file := filepath.Join(t.TempDir(), "x.md")
	if err := os.WriteFile(file, []byte("From outside.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	e := d.stack.Top().(*systemEditor)
	cmd, _ := d.stack.Update(systemMsg{e, readBack(file, nil)})
	r.run(cmd)
	d.keys("ctrl+s")
	if want := []string{"system c1 From outside."}; !slices.Equal(r.store.did, want) {
		t.Errorf("did %q, want %q", r.store.did, want)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("the editor's file stayed")
	}
}

func TestASystemPromptIsSeen(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {160, 45}} {
		r := open(t, 80, 24, said(1, "hi"), ended(2, "hello", relay.StatusOK))
		r.snap.Chat.System = "You review Go code. Name the worst problem first, \x1b[2Jthen the others, each with its line.\n\nNo praise."
		r.refresh()
		if got := r.screen(); !strings.Contains(got, "system  You review Go code.") || !strings.Contains(got, "gpt-4.1 · system ~26 tok · temp 0.7") {
			t.Errorf("it is not seen:\n%s", got)
		}
		uitest.Golden(t, "system-"+sized(size), r.over("alt+s").shown(size[0], size[1]-2))
	}
}
