package overlay

import (
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

// files walks folders. Bubbles' own picker cannot filter, preview or show recent files, so this is ours. Nothing
// here touches a disk: commands do, and an answer to an older question is dropped.
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

	asked    int    // counts questions about folders
	answered int    // the last of them that was answered
	spent    string // what of the typed text led to the question, and goes when its answer comes
	wanted   bool   // it was asked for by a key, not by typing a path: it stands whatever is typed meanwhile
	looked   int    // counts questions about a typed path
	found    int    // the last of them that was answered
	typed    *file  // what stands at the typed path
	lost     string // why nothing stands there
	entering bool   // enter was pressed before the answer to what is typed

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
	return tea.Batch(f.open(f.o.Dir, true), func() tea.Msg { return recentMsg{f, readRecent(recent)} })
}

// open asks for a folder. The old one stays on the screen until the answer comes.
func (f *files) open(dir string, wanted bool) tea.Cmd {
	f.asked++
	f.spent, f.wanted = f.input.value(), wanted
	return readFolder(f, f.asked, dir)
}

func (f *files) Update(msg tea.Msg) (bool, tea.Cmd) {
	switch m := msg.(type) {
	case folderMsg:
		return f.arrived(m)
	case pathMsg:
		return f.stood(m)
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
	return false, tea.Batch(cmd, f.typing())
}

// key acts on a key that is not part of what one types.
func (f *files) key(msg tea.Msg) (done bool, cmd tea.Cmd, taken bool) {
	switch pressed(msg) {
	case "esc":
		if f.input.value() != "" { // what was typed goes first
			f.input.set("")
			return false, f.typing(), true
		}
		return true, nil, true
	case "ctrl+c":
		return true, nil, true
	case "enter":
		done, cmd = f.enter()
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
			return false, f.open(filepath.Dir(f.dir), true), true
		}
	default:
		if f.list.update(msg, false) {
			return false, f.preview(), true
		}
	}
	return false, nil, false
}

// arrived takes a folder's entries, if it is the folder that was asked for last. Of the typed text only what led
// there goes: what was typed while the disk was read is looked for in the new folder.
func (f *files) arrived(m folderMsg) (bool, tea.Cmd) {
	if m.to != f || m.asked != f.asked || m.asked == f.answered {
		return false, nil
	}
	f.answered = m.asked
	if m.err != nil {
		f.why, f.entering = text.Line(m.dir)+": "+reason(m.err), false
		return false, nil
	}
	rest, goes := strings.CutPrefix(f.input.value(), f.spent)
	if !goes && !f.wanted {
		return false, nil // the path was changed since
	}
	from := f.dir
	f.dir, f.all, f.more, f.why = m.dir, m.entries, m.more, ""
	f.now = m
	f.now.entries = nil
	if goes && f.spent != "" {
		f.input.set(rest)
		f.typed, f.lost = nil, ""
	}
	cmd := f.filter()
	for i := range f.shown { // coming up, one stands on the folder that one came from
		if f.shown[i].path == from && !f.shown[i].recent && f.shown[i].name != ".." && rest == "" {
			f.list.move(i - f.list.at)
			cmd = f.preview()
		}
	}
	switch {
	case rest == "": // the folder itself is what was meant
		f.entering = false
	case f.entering && f.found == f.looked:
		done, next := f.enter()
		return done, tea.Batch(cmd, next)
	}
	return false, cmd
}

// filter rebuilds the list and asks for a preview of the chosen entry.
func (f *files) filter() tea.Cmd {
	query := f.input.value()
	var from []file
	f.shown, f.marks = f.shown[:0], f.marks[:0]
	if f.typed != nil {
		f.shown, f.marks = append(f.shown, *f.typed), append(f.marks, nil)
	}
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

// take opens a folder or chooses a file.
func (f *files) take(i int) (bool, tea.Cmd) {
	if i >= len(f.shown) {
		return false, nil
	}
	return f.choose(f.shown[i])
}

func (f *files) choose(e file) (bool, tea.Cmd) {
	switch {
	case e.dir:
		return false, f.open(e.path, true)
	case e.odd != "":
		f.why = text.Line(e.name) + " is " + e.odd + ", not a regular file"
		return false, nil
	case !f.accepts(e):
		f.why = text.Line(e.name) + ": it must be " + f.o.Only
		return false, nil
	}
	return true, f.o.Choose(e.path)
}

func (f *files) accepts(e file) bool {
	return e.dir || e.odd == "" && (f.o.Accept == nil || f.o.Accept(e.name))
}

func (f *files) Hints() []widget.Hint {
	dots := "show hidden"
	if f.hidden {
		dots = "hide hidden"
	}
	return []widget.Hint{
		{Key: "enter", Does: "open"}, {Key: "up/down", Does: "choose"}, {Key: "left", Does: "folder above"},
		{Key: "alt+.", Does: dots},
		{Key: "esc", Does: "close"},
	}
}

func (f *files) Cursor() *tea.Cursor { return f.input.cursor(0, 1) }
