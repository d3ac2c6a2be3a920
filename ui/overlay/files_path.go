package overlay

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// pathMsg is what stands at a typed path.
type pathMsg struct {
	to    *files
	asked int
	file  file
	err   error
}

// typing follows what is typed: a path that ends in a separator opens that folder, another path is looked up, a
// part of a name filters.
func (f *files) typing() tea.Cmd {
	f.typed, f.lost, f.entering = nil, "", false
	f.looked++
	f.found = f.looked
	typed := f.input.value()
	switch {
	case endsInFolder(typed):
		return tea.Batch(f.open(f.resolve(typed), false), f.filter())
	case isPath(typed):
		return tea.Batch(f.look(), f.filter())
	}
	return f.filter()
}

// look asks what stands at the typed path.
func (f *files) look() tea.Cmd {
	f.looked++
	asked, path := f.looked, f.resolve(f.input.value())
	return func() tea.Msg {
		msg := pathMsg{to: f, asked: asked, file: file{name: filepath.Base(path), path: path}}
		info, err := os.Stat(path)
		if err != nil {
			msg.err = err
			return msg
		}
		msg.file.is(info)
		return msg
	}
}

// stood takes what stands at the typed path, unless it was changed since.
func (f *files) stood(m pathMsg) (bool, tea.Cmd) {
	if m.to != f || m.asked != f.looked || m.asked == f.found {
		return false, nil
	}
	f.found = m.asked
	entering := f.entering
	f.entering = false
	if m.err != nil {
		f.lost = reason(m.err)
		if entering {
			f.why = tail(m.file.path, 60) + ": " + f.lost
		}
		return false, nil
	}
	if isPath(f.input.value()) { // else the list shows it by now
		f.typed = &m.file
	}
	cmd := f.filter()
	if entering {
		done, chosen := f.choose(m.file)
		return done, tea.Batch(cmd, chosen)
	}
	return false, cmd
}

// enter takes what one stands on. While what is typed is still looked for, enter waits for it: keys may come faster
// than a disk answers.
func (f *files) enter() (bool, tea.Cmd) {
	typed := f.input.value()
	f.entering = false
	switch {
	case typed == "":
	case f.found != f.looked, f.answered != f.asked:
		f.entering = true
		return false, nil
	case len(f.shown) == 0: // a path that was not found may be there by now; a name may be hidden
		f.entering = true
		return false, f.look()
	}
	return f.take(f.list.at)
}

func endsInFolder(typed string) bool {
	return strings.HasSuffix(typed, string(filepath.Separator)) || strings.HasSuffix(typed, "/")
}

// isPath tells a path from a part of a name.
func isPath(typed string) bool {
	return typed == "~" || typed == ".." || strings.ContainsRune(typed, '/') ||
		strings.ContainsRune(typed, filepath.Separator)
}

// resolve makes a typed path whole. Terminals put a blank behind a file that is dropped on them.
func (f *files) resolve(path string) string {
	path = strings.TrimSpace(path)
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

// is takes over what the file system says of a file.
func (e *file) is(info fs.FileInfo) {
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
