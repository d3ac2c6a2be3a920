package overlay

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/text"
)

const (
	filesMost    = 10_000  // entries of a folder that are shown: nobody reads more
	previewBytes = 8 << 10 // how much of a file is read for its preview
)

// file is one line of the file picker.
type file struct {
	name, path string
	dir        bool
	recent     bool
	odd        string // what it is, if neither a folder nor a regular file: reading that may never end
	size       int64
	changed    time.Time
}

// folderMsg is what a folder holds: the answer to the request numbered asked. Of folder, dir alone is set with err.
type folderMsg struct {
	to     *files
	asked  int
	folder folder
	err    error
}

// previewMsg is how a file begins: the answer to the request numbered asked.
type previewMsg struct {
	to    *files
	asked int
	lines []string
	note  string // why there are no lines
}

// preview is how the chosen file begins.
type preview struct {
	asked int    // counts the requests
	path  string // the file that it is about, "": no file
	lines []string
	note  string // why there are no lines
}

// show starts the preview of another file, or with "" of no file. It reports whether the file must be read.
func (p *preview) show(path string) bool {
	if path != "" && path == p.path {
		return false
	}
	p.asked++ // an answer about another file comes too late, also if there is no file now
	p.path, p.lines, p.note = path, nil, ""
	return path != ""
}

// take takes the answer to the last request, and drops others.
func (p *preview) take(m previewMsg) {
	if m.asked == p.asked {
		p.lines, p.note = m.lines, m.note
	}
}

func readFolder(to *files, asked int, dir string) tea.Cmd {
	return func() tea.Msg {
		msg := folderMsg{to: to, asked: asked, folder: folder{dir: dir, read: time.Now()}}
		in := &msg.folder
		abs, err := filepath.Abs(dir)
		if err != nil {
			msg.err = err
			return msg
		}
		in.dir = abs
		f, err := os.Open(abs)
		if err != nil {
			msg.err = err
			return msg
		}
		defer f.Close()
		found, err := f.ReadDir(filesMost + 1)
		if err != nil && !errors.Is(err, io.EOF) {
			msg.err = err
			return msg
		}
		if in.more = len(found) > filesMost; in.more {
			found = found[:filesMost]
		}
		for _, e := range found {
			in.files = append(in.files, newFile(filepath.Join(abs, e.Name()), e))
		}
		slices.SortFunc(in.files, func(a, b file) int {
			if a.dir != b.dir {
				if a.dir {
					return -1
				}
				return 1
			}
			if c := strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name)); c != 0 {
				return c
			}
			return strings.Compare(a.name, b.name)
		})
		return msg
	}
}

// newFile describes an entry of a folder, and what it points to if it is a link.
func newFile(path string, e os.DirEntry) file {
	f := file{name: e.Name(), path: path, dir: e.IsDir()}
	info, err := e.Info()
	if err == nil && info.Mode()&os.ModeSymlink != 0 {
		if info, err = os.Stat(path); err != nil {
			f.odd = "a link to nothing"
		}
	}
	if err == nil {
		f.describe(info)
	}
	return f
}

// readRecent describes files that were used before, each once, without those that no longer exist.
func readRecent(paths []string) []file {
	var found []file
	var seen []os.FileInfo
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() ||
			slices.ContainsFunc(seen, func(s os.FileInfo) bool { return os.SameFile(s, info) }) {
			continue
		}
		seen = append(seen, info)
		found = append(found, file{name: filepath.Base(path), path: path, recent: true, size: info.Size(),
			changed: info.ModTime()})
	}
	return found
}

type recentMsg struct {
	to    *files
	files []file
}

func readPreview(to *files, asked int, f file) tea.Cmd {
	return func() tea.Msg {
		msg := previewMsg{to: to, asked: asked}
		info, err := os.Stat(f.path)
		switch {
		case err != nil:
			msg.note = reason(err)
			return msg
		case info.IsDir():
			msg.note = "a folder"
			return msg
		case !info.Mode().IsRegular(): // opening a pipe waits for its other end
			f.describe(info)
			msg.note = f.odd + ", not a regular file"
			return msg
		}
		if to.o.Preview != nil {
			msg.lines, msg.note = to.o.Preview(f.path)
			return msg
		}
		r, err := os.Open(f.path)
		if err != nil {
			msg.note = reason(err)
			return msg
		}
		defer r.Close()
		data, err := io.ReadAll(io.LimitReader(r, previewBytes))
		switch {
		case err != nil:
			msg.note = reason(err)
		case len(data) == 0:
			msg.note = "empty"
		case bytes.IndexByte(data, 0) >= 0:
			msg.note = "not text"
		default:
			msg.lines = strings.Split(text.Clean(string(data)), "\n")
		}
		return msg
	}
}

// reason is an error without its path, which is shown anyway.
func reason(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return text.Line(err.Error())
}
