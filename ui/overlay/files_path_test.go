//go:build unix

package overlay

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// slow is a file picker over a disk that answers only when answers is called.
type slow struct {
	*files
	waits []tea.Cmd
	done  bool
	took  string
}

func slowIn(dir string) *slow {
	s := &slow{files: Files(FilesOptions{Dir: dir, Only: "CSV", Choose: say,
		Accept: func(n string) bool { return strings.HasSuffix(n, ".csv") }}).(*files)}
	s.waits = append(s.waits, s.start())
	return s
}

func (s *slow) send(msg tea.Msg) {
	done, cmd := s.Update(msg)
	s.done = s.done || done
	s.waits = append(s.waits, cmd)
}

func (s *slow) typed(text string) {
	for _, r := range text {
		s.send(press(string(r)))
	}
}

// answers runs the commands that are waiting, and those that follow from them.
func (s *slow) answers() {
	for len(s.waits) > 0 {
		cmd := s.waits[0]
		s.waits = s.waits[1:]
		if cmd == nil {
			continue
		}
		switch m := cmd().(type) {
		case nil:
		case did:
			s.took = string(m)
		case tea.BatchMsg:
			s.waits = append(s.waits, m...)
		default:
			s.send(m)
		}
	}
}

// tree is a folder with a CSV file, a sub folder with another, and a named pipe.
func tree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{"a.csv": "id,prompt\n", "sub/rows.csv": "1,hi\n", "sub/x.png": "x"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.csv"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestFilesKeepsWhatIsTypedWhileTheDiskIsRead(t *testing.T) {
	dir := tree(t)
	for _, pace := range []int{1, 2, 3, 7, 1000} { // letters between two answers
		s := slowIn(dir)
		s.answers()
		for i, r := range filepath.Join(dir, "sub", "rows.csv") {
			s.typed(string(r))
			if i%pace == pace-1 {
				s.answers()
			}
		}
		s.send(press("enter"))
		s.answers()
		if want := filepath.Join(dir, "sub", "rows.csv"); s.took != want || !s.done {
			t.Errorf("an answer each %d letters: took %q, want %q; stands at %q with %q", pace, s.took, want, s.folder.dir,
				s.input.value())
		}
	}
	s := slowIn(dir)
	s.typed("rows")
	s.answers()
	if got := s.input.value(); got != "rows" {
		t.Errorf("%q is left of what was typed before the first listing", got)
	}
}

func TestFilesDropsAFolderWhosePathWasChanged(t *testing.T) {
	dir := tree(t)
	s := slowIn(dir)
	s.answers()
	s.typed("sub/")
	s.send(press("backspace"))
	s.answers()
	if s.folder.dir != dir || s.input.value() != "sub" {
		t.Errorf("in %s with %q", s.folder.dir, s.input.value())
	}
}

func TestFilesDropsAPreviewThatComesAfterTheListIsEmpty(t *testing.T) {
	s := slowIn(tree(t))
	s.answers()
	s.send(press("down"))
	if s.preview.path == "" || len(s.waits) == 0 {
		t.Fatal("nothing is previewed")
	}
	s.typed("zzz")
	s.answers()
	if len(s.shown) > 0 || len(s.preview.lines) > 0 || s.preview.note != "" {
		t.Errorf("%d files are listed, preview %q %q", len(s.shown), s.preview.lines, s.preview.note)
	}
}

func TestFilesTakesPaths(t *testing.T) {
	dir := tree(t)
	t.Setenv("HOME", filepath.Join(dir, "sub"))
	sub := filepath.Join(dir, "sub")
	for _, c := range []struct{ name, paste, shown, peek, took, in, why string }{
		{"a file", filepath.Join(sub, "rows.csv"), "rows.csv", "1,hi|", filepath.Join(sub, "rows.csv"), dir, ""},
		{"a file that was dropped", filepath.Join(sub, "rows.csv") + " ", "rows.csv", "1,hi|",
			filepath.Join(sub, "rows.csv"), dir, ""},
		{"a folder", sub, "sub", "", "", sub, ""},
		{"a folder above", "..", filepath.Base(filepath.Dir(dir)), "", "", filepath.Dir(dir), ""},
		{"at home", "~/rows.csv", "rows.csv", "1,hi|", filepath.Join(sub, "rows.csv"), dir, ""},
		{"home", "~", "sub", "", "", sub, ""},
		{"relative", "sub/rows.csv", "rows.csv", "1,hi|", filepath.Join(sub, "rows.csv"), dir, ""},
		{"not accepted", "sub/x.png", "x.png", "x", "", dir, "it must be CSV"},
		{"a pipe", "./pipe.csv", "pipe.csv", "", "", dir, "a named pipe, not a regular file"},
		{"a device", "/dev/null", "null", "", "", dir, "a device, not a regular file"},
		{"nothing", "/nosuch/file.csv", "", "", "", dir, "no such file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := slowIn(dir)
			s.answers()
			s.send(tea.PasteMsg{Content: c.paste})
			s.answers()
			if got := names(s.files); got != c.shown || strings.Join(s.preview.lines, "|") != c.peek {
				t.Errorf("shows %q, preview %q %q", got, s.preview.lines, s.preview.note)
			}
			s.send(press("enter"))
			s.answers()
			if s.took != c.took || s.done != (c.took != "") || s.folder.dir != c.in || !strings.Contains(s.err, c.why) {
				t.Errorf("took %q (done %v), in %s, says %q", s.took, s.done, s.folder.dir, s.err)
			}
		})
	}
}

func TestFilesSaysWhyAPathIsNothing(t *testing.T) {
	s := slowIn(tree(t))
	s.answers()
	s.send(tea.PasteMsg{Content: "/nosuch/file.csv"})
	s.restyle(look(t, "dark"))
	if got := ansi.Strip(s.View(100, 30).Body); strings.Contains(got, "letters in this order") {
		t.Errorf("says before the disk answered:\n%s", got)
	}
	s.answers()
	if got := ansi.Strip(s.View(100, 30).Body); !strings.Contains(got, "no such file or directory") {
		t.Errorf("no reason:\n%s", got)
	}
}

func TestFilesRefusesAListedPipe(t *testing.T) {
	s := slowIn(tree(t))
	s.answers()
	s.typed("pipe")
	s.answers()
	s.send(press("enter"))
	s.answers()
	if s.done || !strings.Contains(s.err, "named pipe") || !strings.Contains(s.preview.note, "named pipe") {
		t.Errorf("done %v, says %q, preview %q", s.done, s.err, s.preview.note)
	}
}
