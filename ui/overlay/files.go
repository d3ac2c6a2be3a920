package overlay

import (
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// FilesOptions describe a file picker.
type FilesOptions struct {
	Title  string
	Dir    string                 // where it opens; "" is the working directory
	Recent []string               // files used before, newest first; those that are gone are not shown
	Accept func(name string) bool // which files can be chosen; nil takes all. The others are shown faint
	Only   string                 // what Accept takes, in words: "JSONL, CSV, TSV or text"
	Choose func(path string) tea.Cmd
}

// files walks folders. Bubbles' own picker cannot filter, preview or show recent files, so this is ours. Nothing here touches a disk:
// commands do, and an answer to an older question is dropped.
type files struct {
	dress
	o      FilesOptions
	input  input
	dir    string
	all    []file
	recent []file
	shown  []file
	marks  [][]int
	list   list
	hidden bool
	more   bool
	why    string // what went wrong last

	asked   int // counts questions about folders
	peeked  int // counts questions about files
	peek    []string
	note    string
	peeking string // the path that peek is about
	now     folderMsg
}

const filesRows = 4 // body line of the first file

// Files asks for a file.
func Files(o FilesOptions) Dialog {
	if o.Dir == "" {
		o.Dir = "."
	}
	if o.Title == "" {
		o.Title = "open a file"
	}
	return &files{o: o, dir: o.Dir, input: newInput("", "part of a name, or a path")}
}

func (f *files) start() tea.Cmd {
	recent := f.o.Recent
	return tea.Batch(f.open(f.o.Dir), func() tea.Msg { return recentMsg{f, readRecent(recent)} })
}

// open asks for a folder. The old one stays on the screen until the answer comes.
func (f *files) open(dir string) tea.Cmd {
	f.asked++
	return readFolder(f, f.asked, dir)
}

func (f *files) Update(msg tea.Msg) (bool, tea.Cmd) {
	switch m := msg.(type) {
	case folderMsg:
		return false, f.arrived(m)
	case previewMsg:
		if m.to == f && m.asked == f.peeked {
			f.peek, f.note = m.lines, m.note
		}
		return false, nil
	case recentMsg:
		if m.to == f {
			f.recent = m.files
			return false, f.filter()
		}
		return false, nil
	}
	if done, cmd, taken := f.key(msg); taken {
		return done, cmd
	}
	if i := f.list.click(msg, filesRows); i >= 0 {
		if i == f.list.at {
			return f.take(i)
		}
		f.list.move(i - f.list.at)
		return false, f.preview()
	}
	changed, cmd := f.input.update(msg)
	if !changed {
		return false, cmd
	}
	f.why = ""
	if dir, ok := f.typedFolder(); ok {
		return false, tea.Batch(cmd, f.open(dir))
	}
	return false, tea.Batch(cmd, f.filter())
}

// key acts on a key that is not part of what one types.
func (f *files) key(msg tea.Msg) (done bool, cmd tea.Cmd, taken bool) {
	switch pressed(msg) {
	case "esc":
		if f.input.value() != "" { // what was typed goes first
			f.input.set("")
			return false, f.filter(), true
		}
		return true, nil, true
	case "ctrl+c":
		return true, nil, true
	case "enter":
		done, cmd = f.take(f.list.at)
		return done, cmd, true
	case "alt+.":
		f.hidden = !f.hidden
		return false, f.filter(), true
	case "home", "end":
	case "right", "tab":
		if i := f.list.at; i < len(f.shown) && f.shown[i].dir {
			done, cmd = f.take(i)
			return done, cmd, true
		}
	case "left", "backspace":
		if f.input.value() == "" {
			return false, f.open(filepath.Dir(f.dir)), true
		}
	default:
		if f.list.update(msg, false) {
			return false, f.preview(), true
		}
	}
	return false, nil, false
}

// arrived takes a folder's entries, if it is the folder that was asked for last.
func (f *files) arrived(m folderMsg) tea.Cmd {
	if m.to != f || m.asked != f.asked {
		return nil
	}
	if m.err != nil {
		f.why = text.Line(m.dir) + ": " + reason(m.err)
		return nil
	}
	from := f.dir
	f.dir, f.all, f.more, f.why = m.dir, m.entries, m.more, ""
	f.now = m
	f.now.entries = nil
	f.input.set("")
	cmd := f.filter()
	for i := range f.shown { // coming up, one stands on the folder that one came from
		if f.shown[i].path == from && !f.shown[i].recent && f.shown[i].name != ".." {
			f.list.move(i - f.list.at)
			cmd = f.preview()
		}
	}
	return cmd
}

// typedFolder tells which folder a typed path ends in: "sub/", "../", "/", "~/".
func (f *files) typedFolder() (string, bool) {
	typed := f.input.value()
	if !strings.HasSuffix(typed, string(filepath.Separator)) && !strings.HasSuffix(typed, "/") {
		return "", false
	}
	return f.resolve(typed), true
}

func (f *files) resolve(path string) string {
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || rest[0] == '/') {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(f.dir, path)
}

// filter makes the list anew and asks for the preview of what one then stands on.
func (f *files) filter() tea.Cmd {
	query := f.input.value()
	var from []file
	if query == "" {
		from = append(from, f.recent...)
		if parent := filepath.Dir(f.dir); parent != f.dir && len(f.all)+len(f.dir) > 1 {
			from = append(from, file{name: "..", path: parent, dir: true})
		}
	}
	for _, e := range f.all {
		if f.hidden || !strings.HasPrefix(e.name, ".") || strings.HasPrefix(query, ".") {
			from = append(from, e)
		}
	}
	f.shown, f.marks = f.shown[:0], f.marks[:0]
	for _, h := range search(query, len(from), func(i int) string { return from[i].name }, nil) {
		f.shown, f.marks = append(f.shown, from[h.index]), append(f.marks, h.marks)
	}
	f.list.at, f.list.top = 0, 0
	f.list.size(len(f.shown), f.list.h)
	if query == "" && len(f.recent) == 0 && len(f.shown) > 1 && f.shown[0].name == ".." {
		f.list.move(1)
	}
	return f.preview()
}

func (f *files) preview() tea.Cmd {
	if f.list.at >= len(f.shown) {
		f.peek, f.note, f.peeking = nil, "", ""
		return nil
	}
	e := f.shown[f.list.at]
	if e.path == f.peeking {
		return nil
	}
	f.peeking, f.peek, f.note = e.path, nil, ""
	f.peeked++
	return readPreview(f, f.peeked, e)
}

// take opens a folder or chooses a file. A typed path wins over the list when nothing in it matches.
func (f *files) take(i int) (bool, tea.Cmd) {
	if i >= len(f.shown) {
		if typed := f.input.value(); typed != "" {
			return f.choose(file{name: filepath.Base(typed), path: f.resolve(typed)})
		}
		return false, nil
	}
	if f.shown[i].dir {
		return false, f.open(f.shown[i].path)
	}
	return f.choose(f.shown[i])
}

func (f *files) choose(e file) (bool, tea.Cmd) {
	if !f.accepts(e) {
		f.why = text.Line(e.name) + ": it must be " + f.o.Only
		return false, nil
	}
	return true, f.o.Choose(e.path)
}

func (f *files) accepts(e file) bool { return e.dir || f.o.Accept == nil || f.o.Accept(e.name) }

func (f *files) Hints() []widget.Hint {
	dots := "show hidden"
	if f.hidden {
		dots = "hide hidden"
	}
	return []widget.Hint{
		{Key: "enter", Does: "open"}, {Key: "up/down", Does: "choose"}, {Key: "left", Does: "folder above"}, {Key: "alt+.", Does: dots},
		{Key: "esc", Does: "close"},
	}
}

func (f *files) Cursor() *tea.Cursor { return f.input.cursor(0, 1) }
