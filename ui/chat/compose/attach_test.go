package compose

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"relaytop/state/session"
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

func TestAPastedPathBecomesAFile(t *testing.T) {
	o := open(t)
	path := onDisk(t, "my notes.md", "# tides\n")
	o.types("sum up ")
	o.paste("'" + path + "' ")
	if got := o.Text(); got != "sum up " || len(o.files.chips) != 1 {
		t.Fatalf("composer %q, files %+v", got, o.files.chips)
	}
	if !strings.Contains(o.shown(Look{Width: 80}), "▣ my notes.md 8 B ~2 tok") {
		t.Errorf("no chip with size and tokens:\n%s", o.shown(Look{Width: 80}))
	}
	if len(o.store.did) > 0 {
		t.Errorf("a paste did %q", o.store.did)
	}
	o.press("backspace")
	if got := o.Text(); got != "sum up '"+path+"' " || len(o.files.chips) != 0 {
		t.Errorf("backspace gave %q, files %+v", got, o.files.chips)
	}
	o.press("backspace")
	if got := o.Text(); got != "sum up '"+path+"'" {
		t.Errorf("the next backspace gave %q", got)
	}
}

func TestAFileIsSentAsItWasWhenItWasAttached(t *testing.T) {
	o := open(t)
	path := onDisk(t, "a.txt", "alpha")
	o.paste(path)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	o.types("read")
	o.press("enter")
	want := []session.Part{{Name: "a.txt", Text: "alpha"}}
	if o.store.did[0] != "ask c1 read" || !slices.Equal(o.store.files, want) {
		t.Errorf("did %q with %+v", o.store.did, o.store.files)
	}
	if !o.Empty() {
		t.Error("the file stayed in the composer")
	}
}

func TestOtherTextIsNotAttached(t *testing.T) {
	o := open(t)
	path := onDisk(t, "a.bin", "\x00\x01")
	for paste, toast := range map[string]string{
		"/no/such/file": "", "either/or": "", "see " + path: "", path: "not attached: a.bin is binary",
		filepath.Dir(path): "a folder, not a file",
	} {
		o.load(session.Prompt{})
		got := toasts(o.paste(paste))
		if o.Text() != paste || len(o.files.chips) != 0 || toast == "" && got != "" || !strings.Contains(got, toast) {
			t.Errorf("%q: composer %q, files %v, toast %q", paste, o.Text(), o.files.chips, got)
		}
	}
}

func TestAPathThatIsEditedStaysText(t *testing.T) {
	o := open(t)
	path := onDisk(t, "a.txt", "alpha")
	cmd := o.Paste(path)
	o.press("backspace")
	o.run(cmd)
	if got := o.Text(); got != path[:len(path)-1] || len(o.files.chips) != 0 {
		t.Errorf("composer %q, files %+v", got, o.files.chips)
	}
	cmd = o.Paste(path)
	o.Enter(&session.Header{ID: "c9"}, nil)
	o.run(cmd)
	if len(o.files.chips) != 0 {
		t.Error("a file came into another chat")
	}
}

func TestAttachTakesTypedPathsOrOpensThePicker(t *testing.T) {
	o := open(t)
	if !opens(o.press("alt+a")) {
		t.Error("no picker")
	}
	one, two := onDisk(t, "one.txt", "1"), onDisk(t, "two.png", "\x89PNG\r\n\x1a\n")
	o.types(one + " " + two)
	if opens(o.press("alt+a")) || len(o.files.chips) != 2 || !o.editor.Empty() {
		t.Errorf("files %+v, composer %q", o.files.chips, o.Text())
	}
	if s := o.shown(Look{Width: 80}); !strings.Contains(s, "▣ two.png 8 B ~765 tok") || o.Tokens() != 766 {
		t.Errorf("no estimate for the image:\n%s", s)
	}
	o.press("x", "home", "ctrl+a", "backspace")
	if len(o.files.chips) != 1 {
		t.Errorf("backspace before the text left %+v", o.files.chips)
	}
	o.types("either/or ")
	if !opens(o.press("alt+a")) {
		t.Error("no picker where the text is no path")
	}
}

// Every line is as wide as the pane, for any number of files and any width.
func TestChipsFitEverywhere(t *testing.T) {
	for w := 8; w < 130; w += 3 {
		o := open(t)
		o.Resize(w, 20)
		for i := range 5 {
			o.shown(Look{Width: w, Model: "gpt-4.1", Gauge: "ctx 0"})
			name := strings.Repeat("thế giới 世界\x1b[2J", i+1)
			o.files.chips = append(o.files.chips, newChip(session.Part{Name: name, Text: strings.Repeat("x", 1000)}))
			o.draft.changed(o.chat)
		}
		s := o.shown(Look{Width: w, Model: "gpt-4.1", Gauge: "ctx 0"})
		shown := false
		for _, want := range []string{"▣ 5 files 5.0 kB ~1.2k tok", "▣ 5 files ~1.2k tok", "1.0 kB", "~250 tok"} {
			shown = shown || strings.Contains(s, want)
		}
		if w > 40 && !shown {
			t.Errorf("at %d:\n%s", w, s)
		}
	}
}
