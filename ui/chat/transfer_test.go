package chat

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state/portable"
	"relaytop/state/session"
	"relaytop/ui/overlay"
)

// opened is the dialog that messages open; nil if none does.
func opened(msgs []tea.Msg) overlay.Dialog {
	for _, m := range msgs {
		if open, ok := m.(overlay.OpenMsg); ok {
			return open.Dialog
		}
	}
	return nil
}

// answer presses keys in a dialog and feeds back what it asks for.
func (r *testPane) answer(d overlay.Dialog, keys ...string) (out []tea.Msg) {
	r.t.Helper()
	if d == nil {
		r.t.Fatal("no dialog is open")
	}
	for _, k := range keys {
		if _, cmd := d.Update(stroke(k)); cmd != nil {
			out = append(out, r.run(cmd)...)
		}
	}
	return out
}

func TestExportNeverReplacesAFileUnasked(t *testing.T) {
	t.Chdir(t.TempDir())
	r := open(t, 80, 24, question(1, "why"), ended(2, "because", relay.StatusOK))
	r.store.whole = portable.Of(session.Record{Title: "Tides", Active: 1},
		[]session.MessageRecord{{ID: 1, Role: relay.RoleUser, Text: "why", Ended: true}})
	r.press("esc")
	export := func() []tea.Msg { return r.answer(opened(r.press("E")), "enter") }
	if got := toasts(export()); !strings.HasPrefix(got, "exported to ") ||
		!strings.HasSuffix(got, "retry-budget-in-go.md") {
		t.Errorf("toast %q", got)
	}
	if b, err := os.ReadFile("retry-budget-in-go.md"); err != nil || !strings.Contains(string(b), "## you\n\nwhy\n") {
		t.Errorf("%q, %v", b, err)
	}
	if err := os.WriteFile("retry-budget-in-go.md", []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	again := opened(export())
	r.answer(again, "n")
	if b, _ := os.ReadFile("retry-budget-in-go.md"); string(b) != "mine" {
		t.Errorf("it was replaced: %q", b)
	}
	r.answer(again, "y")
	if b, _ := os.ReadFile("retry-budget-in-go.md"); string(b) == "mine" {
		t.Error("it was not replaced when that was asked for")
	}
	was := len(r.store.did)
	if r.answer(opened(r.press("E")), "backspace", "enter"); len(r.store.did) != was {
		t.Errorf("a name that says no format was taken: %q", r.store.did[was:])
	}
}

func TestAnImportIsShownBeforeItIsKept(t *testing.T) {
	r := open(t, 80, 24, question(1, "why"), ended(2, "because", relay.StatusOK))
	good := filepath.Join(t.TempDir(), "in.json")
	talk := `[{"role":"user","content":"Why?\u001b[2J"},{"role":"assistant","content":"The moon."}]`
	if err := os.WriteFile(good, []byte(talk), 0o600); err != nil {
		t.Fatal(err)
	}
	ask := opened(r.run(r.library.preview(good)))
	if len(r.store.did) > 0 {
		t.Errorf("kept without asking: %q", r.store.did)
	}
	r.answer(ask, "esc")
	if len(r.store.did) > 0 {
		t.Errorf("kept after a no: %q", r.store.did)
	}
	r.answer(ask, "y")
	if want := []string{"import 2", "open c7"}; !slices.Equal(r.store.did, want) {
		t.Errorf("did %q, want %q", r.store.did, want)
	}
	if err := os.WriteFile(good, []byte("[\n{]"), 0o600); err != nil {
		t.Fatal(err)
	}
	if opened(r.run(r.library.preview(good))) == nil || len(r.store.did) != 2 {
		t.Errorf("a broken file: did %q", r.store.did)
	}
}
