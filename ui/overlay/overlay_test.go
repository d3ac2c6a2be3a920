package overlay

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/widget"
)

// press makes the message of a key by its name, as far as dialogs know it.
func press(name string) tea.KeyPressMsg {
	named := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft,
		"right": tea.KeyRight, "tab": tea.KeyTab,
		"pgdown": tea.KeyPgDown, "home": tea.KeyHome, "end": tea.KeyEnd, "backspace": tea.KeyBackspace,
	}
	if code, ok := named[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	if rest, ok := strings.CutPrefix(name, "alt+"); ok {
		return tea.KeyPressMsg{Code: rune(rest[0]), Mod: tea.ModAlt}
	}
	r, _ := utf8.DecodeRuneInString(name)
	return tea.KeyPressMsg{Code: r, Text: name}
}

func typeInto(d Dialog, s string) {
	for _, r := range s {
		d.Update(press(string(r)))
	}
}

// result runs a command, and the action if the palette wrapped one.
func result(cmd tea.Cmd) string {
	if cmd == nil {
		return ""
	}
	switch m := cmd().(type) {
	case did:
		return string(m)
	case runMsg:
		return result(m.do())
	}
	return "?"
}

func TestConfirmRunsOnlyOnYes(t *testing.T) {
	for keys, want := range map[string]string{"y": "lost", "n": "", "esc": "", "enter": "", "left enter": "lost",
		"tab tab enter": ""} {
		d := Confirm("Cancel 412 rows?", "", say("lost"))
		var cmd tea.Cmd
		done := false
		for _, k := range strings.Fields(keys) {
			done, cmd = d.Update(press(k))
		}
		if !done || result(cmd) != want {
			t.Errorf("%s: done %v, ran %q, want %q", keys, done, result(cmd), want)
		}
	}
}

func TestPaletteFindsAndRuns(t *testing.T) {
	for typed, want := range map[string]string{"retr": "Retry failed rows", ":res": "resume",
		"metwin": "Reset the metrics window", "44%": "resume"} {
		p := Palette(entries(), "")
		typeInto(p, typed)
		done, cmd := p.Update(press("enter"))
		if !done || result(cmd) != want {
			t.Errorf("%q ran %q (done %v), want %q", typed, result(cmd), done, want)
		}
	}
	p := Palette(entries(), "")
	typeInto(p, "regen")
	if done, cmd := p.Update(press("enter")); done || cmd != nil {
		t.Error("an action that is off ran")
	}
	p = Palette(entries(), "")
	typeInto(p, "@")
	if got := p.(*palette).hits; len(got) != 1 {
		t.Errorf("@ finds %d entries, want the one model", len(got))
	}
}

// TestPaletteRanksWholeWordsFirst: titles that begin with the query, or have a word that does, come first.
func TestPaletteRanksWholeWordsFirst(t *testing.T) {
	titles := []string{"Set the composer's colour", "Recompute", "Go on: compare", "Compare models", "Close, or mute"}
	var all []Entry
	for _, s := range titles {
		all = append(all, Entry{Title: s})
	}
	p := Palette(all, "").(*palette)
	typeInto(p, "comp")
	var got []string
	for _, h := range p.hits {
		got = append(got, titles[h.index])
	}
	if want := []string{"Compare models", "Go on: compare", "Set the composer's colour",
		"Recompute"}; !slices.Equal(got[:1], want[:1]) || !slices.Equal(got[3:4], want[3:]) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPaletteActionRunsInUpdate(t *testing.T) {
	s := stackWith(t, Palette(entries(), ""))
	for _, r := range "send" {
		s.Update(press(string(r)))
	}
	cmd, taken := s.Update(press("enter"))
	if !taken || !s.Empty() {
		t.Fatal("the palette is still open")
	}
	cmd, taken = s.Update(cmd())
	if !taken || result(cmd) != "Send" {
		t.Errorf("ran %q", result(cmd))
	}
}

func TestPickerPreviewsAndCancels(t *testing.T) {
	o := models()
	o.Preview = func(i int) tea.Cmd { return say("try " + o.Choices[i].Title) }
	o.Cancel = say("undone")
	p := Picker(o)
	if _, cmd := p.Update(press("down")); result(cmd) != "try deepseek-v3.2" {
		t.Errorf("previewed %q", result(cmd))
	}
	if done, cmd := p.Update(press("esc")); !done || result(cmd) != "undone" {
		t.Errorf("esc ran %q", result(cmd))
	}
	p = Picker(o)
	typeInto(p, "whis")
	if done, cmd := p.Update(press("enter")); done || cmd != nil {
		t.Error("a choice that is off was taken")
	}
}

func TestPromptChecks(t *testing.T) {
	p := Prompt(PromptOptions{Title: "rename", Check: func(v string) string {
		if v == "" {
			return "it needs a name"
		}
		return ""
	}, Done: say})
	if done, _ := p.Update(press("enter")); done {
		t.Error("an empty name was taken")
	}
	typeInto(p, "ok")
	if done, cmd := p.Update(press("enter")); !done || result(cmd) != "ok" {
		t.Errorf("done %v with %q", done, result(cmd))
	}
}

func TestStackTakesKeysAndMovesTheMouse(t *testing.T) {
	var seen tea.Msg
	s := stackWith(t, &probe{func(msg tea.Msg) { seen = msg }})
	st := s.env.Styles
	s.Over(screen(st, 80, 22), 80, 22) // 20x6 in the middle: from 30, 8
	if _, taken := s.Update(press("q")); !taken {
		t.Error("a key fell through")
	}
	if _, taken := s.Update(tea.MouseClickMsg{X: 35, Y: 10, Button: tea.MouseLeft}); !taken {
		t.Error("a click fell through")
	}
	if m, ok := seen.(tea.MouseClickMsg); !ok || m.X != 3 || m.Y != 1 {
		t.Errorf("the click arrived as %v", seen)
	}
	seen = nil
	if _, taken := s.Update(tea.MouseClickMsg{X: 1, Y: 1}); !taken || seen != nil {
		t.Error("a click beside the dialog reached something")
	}
	if _, taken := s.Update(did("news")); taken || seen != did("news") {
		t.Error("news must reach the dialog and everybody else")
	}
	if c := s.Cursor(); c == nil || c.X != 33 || c.Y != 9 {
		t.Errorf("the cursor stands at %v", c)
	}
	s.dialogs = s.dialogs[:len(s.dialogs)-1]
	if _, taken := s.Update(press("q")); taken {
		t.Error("an empty stack took a key")
	}
}

type probe struct{ see func(tea.Msg) }

func (p *probe) Update(msg tea.Msg) (bool, tea.Cmd) { p.see(msg); return false, nil }
func (p *probe) View(w, h int) Box                  { return Box{Title: "probe", W: 20, H: 6} }
func (p *probe) Hints() []widget.Hint               { return nil }
func (p *probe) Cursor() *tea.Cursor                { return tea.NewCursor(1, 0) }

func TestFilesReadsFolders(t *testing.T) {
	dir := t.TempDir()
	for name, body := range map[string]string{"b.csv": "id,prompt\n1,hi\n", "a.png": "\x00", ".env": "X=1\n",
		"sub/c.jsonl": "{}\n"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f := Files(FilesOptions{Dir: dir, Only: "CSV", Accept: func(n string) bool { return strings.HasSuffix(n, ".csv") },
		Choose: say}).(*files)
	run(f, f.start())
	if got := names(f); got != ".. sub a.png b.csv" {
		t.Fatalf("listed %q", got)
	}
	run(f, second(f.Update(press("alt+."))))
	if got := names(f); got != ".. sub .env a.png b.csv" {
		t.Errorf("with hidden ones %q", got)
	}
	run(f, second(f.Update(press("b"))))
	if got := names(f); !strings.HasPrefix(got, "b.csv") || strings.Join(f.preview.lines, "|") != "id,prompt|1,hi|" {
		t.Errorf("filtered to %q, preview %q", got, f.preview.lines)
	}
	if done, cmd := f.Update(press("enter")); !done || result(cmd) != filepath.Join(dir, "b.csv") {
		t.Errorf("chose %q", result(cmd))
	}
	run(f, second(f.Update(press("esc"))))
	for _, r := range "sub/" {
		run(f, second(f.Update(press(string(r)))))
	}
	if got := names(f); got != ".. c.jsonl" || f.folder.dir != filepath.Join(dir, "sub") {
		t.Errorf("in %s: %q", f.folder.dir, got)
	}
	if done, _ := f.Update(press("enter")); done {
		t.Error("a file that is not accepted was chosen")
	}
	run(f, second(f.Update(press("backspace"))))
	if f.folder.dir != dir || f.shown[f.list.at].name != "sub" {
		t.Errorf("went up to %s, on %s", f.folder.dir, f.shown[f.list.at].name)
	}
	for _, r := range "nosuch/" {
		run(f, second(f.Update(press(string(r)))))
	}
	if f.folder.dir != dir || !strings.Contains(f.err, "no such file") {
		t.Errorf("in %s with %q", f.folder.dir, f.err)
	}
}

func TestFilesDropsStaleAnswers(t *testing.T) {
	f := listed().(*files)
	before := names(f)
	f.Update(folderMsg{to: f, asked: f.request.asked - 1, folder: folder{dir: "/old", files: []file{{name: "old"}}}})
	f.Update(folderMsg{to: nil, asked: f.request.asked, folder: folder{dir: "/other"}})
	f.Update(previewMsg{to: f, asked: f.preview.asked - 1, lines: []string{"old"}})
	if names(f) != before || f.folder.dir != "/home/data" || len(f.preview.lines) > 0 && f.preview.lines[0] == "old" {
		t.Errorf("a stale answer was taken: %s %q %q", f.folder.dir, names(f), f.preview.lines)
	}
}

func names(f *files) string {
	var all []string
	for _, e := range f.shown {
		all = append(all, e.name)
	}
	return strings.Join(all, " ")
}

func second(_ bool, cmd tea.Cmd) tea.Cmd { return cmd }

// run runs a command and delivers its messages, until there are no more, as the program does.
func run(d Dialog, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch m := cmd().(type) {
	case nil, did:
	case tea.BatchMsg:
		for _, c := range m {
			run(d, c)
		}
	default:
		_, next := d.Update(m)
		run(d, next)
	}
}

// TestKeysOfALineHoldAtEveryPlace presses every key that a line of text may get, at every position: no key may panic.
func TestKeysOfALineHoldAtEveryPlace(t *testing.T) {
	keys := []tea.KeyPressMsg{{Code: 'd', Mod: tea.ModAlt}, {Code: tea.KeyDelete, Mod: tea.ModAlt},
		{Code: tea.KeyDelete, Mod: tea.ModCtrl}, {Code: tea.KeyDelete},
		{Code: tea.KeyBackspace}, {Code: tea.KeyBackspace, Mod: tea.ModAlt}, {Code: 'w', Mod: tea.ModCtrl},
		{Code: 'k', Mod: tea.ModCtrl}, {Code: 'u', Mod: tea.ModCtrl},
		{Code: 'f', Mod: tea.ModAlt}, {Code: 'b', Mod: tea.ModAlt}, {Code: 'a', Mod: tea.ModCtrl},
		{Code: 'e', Mod: tea.ModCtrl}, {Code: 'h', Mod: tea.ModCtrl}, {Code: 'd', Mod: tea.ModCtrl}}
	for _, value := range []string{"", "a", "ab cd", "漢 字", "  "} {
		for at := range len([]rune(value)) + 1 {
			for _, first := range keys {
				for _, second := range keys {
					in := newInput(value, "")
					in.model.SetCursor(at)
					in.update(first)
					in.update(second)
				}
			}
		}
	}
	in := newInput("one two three", "")
	in.model.SetCursor(4)
	if in.update(keys[0]); in.value() != "one  three" || in.model.Position() != 4 {
		t.Errorf("alt+d left %q, cursor at %d", in.value(), in.model.Position())
	}
}
