package overlay

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/disk"
)

// pathMsg is what a typed path leads to.
type pathMsg struct {
	to    *files
	asked int
	file  file
	err   error
}

// path is the request for what a typed path leads to.
type path struct {
	asked    int    // counts the requests
	answered int    // the last of them that was answered
	file     *file  // what it leads to; nil: nothing, or not known yet
	err      string // why it leads to nothing
	entering bool   // enter was pressed before the answer came
}

// pending reports that an answer is awaited.
func (p *path) pending() bool { return p.answered != p.asked }

// clear forgets what the path leads to.
func (p *path) clear() { p.file, p.err = nil, "" }

// drop forgets the path and the request for it: an answer that comes later is not taken.
func (p *path) drop() {
	p.clear()
	p.entering = false
	p.asked++
	p.answered = p.asked
}

// typing follows what is typed: a path that ends in a separator opens that folder, another path is looked up, a
// part of a name filters.
func (f *files) typing() tea.Cmd {
	f.path.drop()
	typed := f.input.value()
	switch {
	case endsInFolder(typed):
		return tea.Batch(f.open(f.resolve(typed), false), f.filter())
	case isPath(typed):
		return tea.Batch(f.lookUp(), f.filter())
	}
	return f.filter()
}

// lookUp asks what the typed path leads to.
func (f *files) lookUp() tea.Cmd {
	f.path.asked++
	asked, path := f.path.asked, f.resolve(f.input.value())
	return func() tea.Msg {
		msg := pathMsg{to: f, asked: asked, file: file{name: filepath.Base(path), path: path}}
		info, err := os.Stat(path)
		if err != nil {
			msg.err = err
			return msg
		}
		msg.file.describe(info)
		return msg
	}
}

// found takes what the typed path leads to, unless the path was changed since.
func (f *files) found(m pathMsg) (bool, tea.Cmd) {
	if m.to != f || m.asked != f.path.asked || !f.path.pending() {
		return false, nil
	}
	f.path.answered = m.asked
	entering := f.path.entering
	f.path.entering = false
	if m.err != nil {
		f.path.err = reason(m.err)
		if entering {
			f.err = tail(m.file.path, 60) + ": " + f.path.err
		}
		return false, nil
	}
	if isPath(f.input.value()) { // else the folder that is listed has it by now
		f.path.file = &m.file
	}
	cmd := f.filter()
	if entering {
		done, chosen := f.choose(m.file)
		return done, tea.Batch(cmd, chosen)
	}
	return false, cmd
}

// enter opens the chosen line. While the disk is still asked about what is typed, enter waits for the answer: keys
// may come faster than a disk answers.
func (f *files) enter() (bool, tea.Cmd) {
	typed := f.input.value()
	f.path.entering = false
	switch {
	case typed == "":
	case f.path.pending(), f.request.pending():
		f.path.entering = true
		return false, nil
	case len(f.shown) == 0: // the file may exist by now, or its name be hidden
		f.path.entering = true
		return false, f.lookUp()
	}
	return f.take(f.list.at)
}

func endsInFolder(typed string) bool {
	return strings.HasSuffix(typed, string(filepath.Separator)) || strings.HasSuffix(typed, "/")
}

// isPath reports that a path is typed, not a part of a name.
func isPath(typed string) bool {
	return typed == "~" || typed == ".." || strings.ContainsRune(typed, '/') ||
		strings.ContainsRune(typed, filepath.Separator)
}

// resolve makes a typed path absolute. A terminal adds a blank to the path of a file that is dropped on it.
func (f *files) resolve(path string) string {
	home, _ := os.UserHomeDir() // not known: a ~ stays
	path = disk.ExpandHome(strings.TrimSpace(path), home)
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(f.folder.dir, path)
}

// describe sets what the file system knows about a file.
func (e *file) describe(info fs.FileInfo) {
	e.dir, e.size, e.changed = info.IsDir(), info.Size(), info.ModTime()
	switch mode := info.Mode(); {
	case mode.IsDir(), mode.IsRegular():
	case mode&fs.ModeNamedPipe != 0:
		e.odd = "a named pipe"
	case mode&fs.ModeSocket != 0:
		e.odd = "a socket"
	case mode&fs.ModeDevice != 0:
		e.odd = "a device"
	default:
		e.odd = "something else"
	}
}
