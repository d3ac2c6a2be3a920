package overlay

import (
	"path/filepath"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// FilesOptions describe a file picker.
type FilesOptions struct {
	Title  string
	Dir    string                 // where it opens; "" is the working directory
	Recent []string               // files used before, newest first; those that are gone are not shown
	Accept func(name string) bool // which files can be chosen; nil accepts all. The others are shown faint
	Hide   func(path string) bool // which files are listed only with the hidden ones; nil: none beside the dot files
	Only   string                 // what Accept takes, in words: "JSONL, CSV, TSV or text"
	// Preview is how a file begins, or why that can't be shown; nil: its first lines. It is called by a command.
	Preview func(path string) (lines []string, note string)
	Choose  func(path string) tea.Cmd
}

// files walks folders. The picker of bubbles can't filter, preview or show recent files. Nothing here touches a disk:
// commands do. Each reply carries the number of its request, and a reply to an older request is dropped.
type files struct {
	styled
	o       FilesOptions
	input   input
	folder  folder
	request request
	path    path
	preview preview
	recent  []file
	list    list
	shown   []file  // the lines of the list
	marks   [][]int // for each of them, the bytes of its name that match what is typed
	hidden  bool    // names that begin with a dot are listed too
	err     string  // what went wrong last, "" nothing
}

// folder is the folder that is listed.
type folder struct {
	dir   string
	files []file
	more  bool      // it holds more than filesMost
	read  time.Time // when it was read
}

// request is what was asked of the disk for the next folder.
type request struct {
	asked    int    // counts the requests
	answered int    // the last of them that was answered
	typed    string // what was typed when it was asked: cleared when the answer comes
	byKey    bool   // a key asked for it, not a typed path: it is opened even if other text is typed meanwhile
}

// ask counts a further request and returns its number.
func (r *request) ask(typed string, byKey bool) int {
	r.asked++
	r.typed, r.byKey = typed, byKey
	return r.asked
}

// answer reports whether the answer to request n is awaited, and counts it.
func (r *request) answer(n int) bool {
	if n != r.asked || n == r.answered {
		return false
	}
	r.answered = n
	return true
}

// pending reports that an answer is awaited.
func (r *request) pending() bool { return r.answered != r.asked }

const filesRows = 4 // body line of the first file

// Files asks for a file.
func Files(o FilesOptions) Dialog {
	if o.Dir == "" {
		o.Dir = "."
	}
	if o.Title == "" {
		o.Title = "open a file"
	}
	return &files{o: o, folder: folder{dir: o.Dir}, input: newInput("", "part of a name, or a path")}
}

func (f *files) start() tea.Cmd {
	recent := f.o.Recent
	return tea.Batch(f.open(f.o.Dir, true), func() tea.Msg { return recentMsg{f, readRecent(recent)} })
}

// open asks for a folder. The old one is shown until the answer comes.
func (f *files) open(dir string, byKey bool) tea.Cmd {
	return readFolder(f, f.request.ask(f.input.value(), byKey), dir)
}

func (f *files) Update(msg tea.Msg) (bool, tea.Cmd) {
	switch m := msg.(type) {
	case folderMsg:
		return f.opened(m)
	case pathMsg:
		return f.found(m)
	case previewMsg:
		if m.to == f {
			f.preview.take(m)
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
		return false, f.readPreview()
	}
	changed, cmd := f.input.update(msg)
	if !changed {
		return false, cmd
	}
	f.err = ""
	return false, tea.Batch(cmd, f.typing())
}

// key handles a key that does not edit the line.
func (f *files) key(msg tea.Msg) (done bool, cmd tea.Cmd, taken bool) {
	switch pressed(msg) {
	case "esc":
		if f.input.value() != "" { // the first esc clears what is typed
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
			return false, f.open(filepath.Dir(f.folder.dir), true), true
		}
	default:
		if f.list.update(msg, false) {
			return false, f.readPreview(), true
		}
	}
	return false, nil, false
}

// opened takes the answer to the last request for a folder. Only the typed text that led to the folder is cleared:
// what was typed while the disk was read is searched for in the new folder.
func (f *files) opened(m folderMsg) (bool, tea.Cmd) {
	if m.to != f || !f.request.answer(m.asked) {
		return false, nil
	}
	if m.err != nil {
		f.err, f.path.entering = text.Line(m.folder.dir)+": "+reason(m.err), false
		return false, nil
	}
	rest, led := strings.CutPrefix(f.input.value(), f.request.typed)
	if !led && !f.request.byKey {
		return false, nil // the path was changed since
	}
	from := f.folder.dir
	f.folder, f.err = m.folder, ""
	if led && f.request.typed != "" {
		f.input.set(rest)
		f.path.clear()
	}
	cmd := f.filter()
	for i, e := range f.shown { // after going up, the list is on the folder that was left
		if e.path == from && !e.recent && e.name != ".." && rest == "" {
			f.list.move(i - f.list.at)
			cmd = f.readPreview()
		}
	}
	switch {
	case rest == "": // enter was meant for the folder itself
		f.path.entering = false
	case f.path.entering && !f.path.pending():
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
	if f.path.file != nil {
		f.shown, f.marks = append(f.shown, *f.path.file), append(f.marks, nil)
	}
	if query == "" {
		from = append(from, f.recent...)
		dir, all := f.folder.dir, f.folder.files
		if parent := filepath.Dir(dir); parent != dir && len(all)+len(dir) > 1 {
			from = append(from, file{name: "..", path: parent, dir: true})
		}
	}
	recent := map[string]bool{}
	for i := range from {
		recent[from[i].path] = from[i].recent
	}
	for _, e := range f.folder.files {
		if !recent[e.path] && f.lists(e, query) {
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
	return f.readPreview()
}

// lists reports whether an entry of the folder is in the list.
func (f *files) lists(e file, query string) bool {
	switch {
	case f.hidden:
		return true
	case f.o.Hide != nil && !e.dir && f.o.Hide(e.path):
		return false
	}
	return !strings.HasPrefix(e.name, ".") || strings.HasPrefix(query, ".")
}

// readPreview asks how the chosen file begins, unless that is known.
func (f *files) readPreview() tea.Cmd {
	if f.list.at >= len(f.shown) {
		f.preview.show("")
		return nil
	}
	e := f.shown[f.list.at]
	if !f.preview.show(e.path) {
		return nil
	}
	return readPreview(f, f.preview.asked, e)
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
		f.err = text.Line(e.name) + " is " + e.odd + ", not a regular file"
		return false, nil
	case !f.accepts(e):
		f.err = text.Line(e.name) + ": it must be " + f.o.Only
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
