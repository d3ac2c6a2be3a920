package chat

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/overlay"
)

// onDisk writes a file for a test to attach.
func onDisk(t *testing.T, name, data string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (r *room) paste(s string) []tea.Msg { return r.run(r.Update(tea.PasteMsg{Content: s})) }

func TestAPastedPathBecomesAFile(t *testing.T) {
	r := open(t, 80, 24)
	path := onDisk(t, "my notes.md", "# tides\n")
	r.typed("sum up ")
	r.paste("'" + path + "' ")
	if got := r.compose.area.Value(); got != "sum up " || len(r.compose.files) != 1 {
		t.Fatalf("composer %q, files %+v", got, r.compose.files)
	}
	if !strings.Contains(r.screen(), "▣ my notes.md 8 B ~2 tok") {
		t.Errorf("no chip with size and tokens:\n%s", r.screen())
	}
	if len(r.store.did) > 0 {
		t.Errorf("a paste did %q", r.store.did)
	}
	r.press("backspace")
	if got := r.compose.area.Value(); got != "sum up '"+path+"' " || len(r.compose.files) != 0 {
		t.Errorf("backspace gave %q, files %+v", got, r.compose.files)
	}
	r.press("backspace")
	if got := r.compose.area.Value(); got != "sum up '"+path+"'" {
		t.Errorf("the next backspace gave %q", got)
	}
}

func TestAFileIsSentAsItWasWhenItWasAttached(t *testing.T) {
	r := open(t, 80, 24)
	path := onDisk(t, "a.txt", "alpha")
	r.paste(path)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	r.typed("read")
	r.press("enter")
	want := []session.Part{{Name: "a.txt", Text: "alpha"}}
	if r.store.did[0] != "ask c1 read" || !slices.Equal(r.store.files, want) {
		t.Errorf("did %q with %+v", r.store.did, r.store.files)
	}
	if !r.compose.empty() {
		t.Error("the file stayed in the composer")
	}
}

func TestWhatIsNoPathStaysText(t *testing.T) {
	r := open(t, 80, 24)
	path := onDisk(t, "a.bin", "\x00\x01")
	for paste, toast := range map[string]string{
		"/no/such/file": "", "either/or": "", "see " + path: "", path: "not attached: a.bin is binary", filepath.Dir(path): "a folder, not a file",
	} {
		r.compose.load(session.Prompt{})
		got := toasts(r.paste(paste))
		if r.compose.area.Value() != paste || len(r.compose.files) != 0 || toast == "" && got != "" || !strings.Contains(got, toast) {
			t.Errorf("%q: composer %q, files %v, toast %q", paste, r.compose.area.Value(), r.compose.files, got)
		}
	}
}

func TestAPathThatWasTypedOnIsText(t *testing.T) {
	r := open(t, 80, 24)
	path := onDisk(t, "a.txt", "alpha")
	cmd := r.Update(tea.PasteMsg{Content: path})
	r.press("backspace")
	r.run(cmd)
	if got := r.compose.area.Value(); got != path[:len(path)-1] || len(r.compose.files) != 0 {
		t.Errorf("composer %q, files %+v", got, r.compose.files)
	}
	cmd = r.Update(tea.PasteMsg{Content: path})
	r.snap.Chat.ID = "c9"
	r.refresh()
	r.run(cmd)
	if len(r.compose.files) != 0 {
		t.Error("a file came into another chat")
	}
}

func TestAltATakesTypedPathsOrOpensThePicker(t *testing.T) {
	r := open(t, 80, 24)
	isPicker := func(msgs []tea.Msg) bool {
		return slices.ContainsFunc(msgs, func(m tea.Msg) bool { _, ok := m.(overlay.OpenMsg); return ok })
	}
	if !isPicker(r.press("alt+a")) {
		t.Error("no picker")
	}
	one, two := onDisk(t, "one.txt", "1"), onDisk(t, "two.png", "\x89PNG\r\n\x1a\n")
	r.typed(one + " " + two)
	if isPicker(r.press("alt+a")) || len(r.compose.files) != 2 || !r.compose.area.Empty() {
		t.Errorf("files %+v, composer %q", r.compose.files, r.compose.area.Value())
	}
	if s := r.screen(); !strings.Contains(s, "▣ two.png 8 B ~765 tok") || r.compose.weight() != 766 {
		t.Errorf("no estimate for the image:\n%s", s)
	}
	r.press("x", "home", "ctrl+a", "backspace")
	if len(r.compose.files) != 1 {
		t.Errorf("backspace before the text left %+v", r.compose.files)
	}
	r.typed("either/or ")
	if !isPicker(r.press("alt+a")) {
		t.Error("no picker where the text is no path")
	}
}

func TestFilesOfADraftAndOfAnEditComeBack(t *testing.T) {
	files := []session.Part{{Name: "a.txt", Text: "alpha\nbeta"}, {Name: "b.png", Image: "data:image/png;base64,AAAA"}}
	q := said(1, "look")
	q.Parts = files
	r := open(t, 80, 24, q, ended(2, "seen", relay.StatusOK))
	if s := r.screen(); !strings.Contains(s, "▌ ▣ a.txt 10 B ~3 tok  esc space opens\n") || !strings.Contains(s, "▌ ▣ b.png 3 B ~765 tok\n") || strings.Contains(s, "beta") {
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
	if err := r.SaveDraft(); err != nil || !slices.Equal(r.store.draft, files[:1]) || r.store.drafts[len(r.store.drafts)-1] != "half done" {
		t.Errorf("draft %q with %+v, %v", r.store.drafts, r.store.draft, err)
	}
}

// TestChipsFitEverywhere: however many files there are and however narrow the pane is, every line is as wide as the pane.
func TestChipsFitEverywhere(t *testing.T) {
	for w := 8; w < 130; w += 3 {
		r := open(t, w, 20)
		for i := range 5 {
			r.screen()
			r.compose.files = append(r.compose.files, newChip(session.Part{Name: strings.Repeat("thế giới 世界\x1b[2J", i+1), Text: strings.Repeat("x", 1000)}))
			r.compose.changed()
			r.stale = true
		}
		if s := r.screen(); w > 40 && !strings.Contains(s, "▣ 5 files 5.0 kB ~1.2k tok") && !strings.Contains(s, "▣ 5 files ~1.2k tok") && !strings.Contains(s, "1.0 kB") && !strings.Contains(s, "~250 tok") {
			t.Errorf("at %d:\n%s", w, s)
		}
	}
}
