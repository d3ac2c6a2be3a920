package disk

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// buffer is how much of a file is collected before it is written, in bytes.
const buffer = 256 << 10

// System makes changes durable. A test passes one that records the calls, or fails.
type System interface {
	Sync(*os.File) error
	SyncDir(path string) error
	Rename(from, to string) error
	Link(from, to string) error // fs.ErrExist if to exists
}

// Files writes files. The zero value uses the operating system.
type Files struct{ System System }

// Replace writes a file in place of an older one: after a crash it holds either the old content or the new one.
func (f Files) Replace(path string, fill func(io.Writer) error) error {
	tmp, err := f.beside(path, fill)
	if err != nil {
		return err
	}
	return discard(tmp, f.Rename(tmp, path))
}

// Create writes a new file. It never replaces another one, not even one that appears meanwhile: fs.ErrExist.
func (f Files) Create(path string, fill func(io.Writer) error) error {
	if _, err := os.Lstat(path); err == nil {
		return &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
	}
	tmp, err := f.beside(path, fill)
	if err != nil {
		return err
	}
	err = f.system().Link(tmp, path) // unlike a rename, a link never replaces another file
	switch {
	case err == nil:
		return errors.Join(os.Remove(tmp), f.system().SyncDir(filepath.Dir(path)))
	case errors.Is(err, fs.ErrExist):
		return discard(tmp, err)
	}
	return discard(tmp, f.Rename(tmp, path)) // a file system without links
}

// CreateUnique writes a new file under a unique name that begins and ends as given, and returns the name.
func (f Files) CreateUnique(begin, end string, fill func(io.Writer) error) (path string, err error) {
	tmp, err := os.CreateTemp(filepath.Dir(begin), filepath.Base(begin)+"*.tmp") // mode 0600
	if err != nil {
		return "", err
	}
	if err := f.fill(tmp, fill); err != nil {
		return "", err
	}
	path = strings.TrimSuffix(tmp.Name(), ".tmp") + end
	if err := f.Rename(tmp.Name(), path); err != nil {
		return "", discard(tmp.Name(), discard(path, err)) // the rename may have happened, but not durably
	}
	return path, nil
}

// Rename moves a file within its file system and syncs the folders of both names.
func (f Files) Rename(from, to string) error {
	if err := f.system().Rename(from, to); err != nil {
		return err
	}
	old, dir := filepath.Dir(from), filepath.Dir(to)
	err := f.system().SyncDir(dir)
	if old != dir {
		err = errors.Join(err, f.system().SyncDir(old))
	}
	return err
}

// beside writes a synced file beside path and returns its temporary name.
func (f Files) beside(path string, fill func(io.Writer) error) (string, error) {
	tmp, err := temporary(path)
	if err != nil {
		return "", err
	}
	return tmp.Name(), f.fill(tmp, fill)
}

// fill writes, syncs and closes a temporary file, or removes it.
func (f Files) fill(tmp *os.File, fill func(io.Writer) error) (err error) {
	done := false
	defer func() {
		if !done { // fill may panic
			_ = tmp.Close()
			_ = os.Remove(tmp.Name())
		}
	}()
	w := bufio.NewWriterSize(tmp, buffer)
	if err := fill(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.system().Sync(tmp); err != nil {
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	done = true
	return nil
}

// discard removes a file that was not completed.
func discard(path string, err error) error {
	if err != nil {
		_ = os.Remove(path) // err says more
	}
	return err
}

func (f Files) system() System {
	if f.System == nil {
		return operating{}
	}
	return f.System
}

// operating is the operating system.
type operating struct{}

func (operating) Sync(f *os.File) error        { return f.Sync() }
func (operating) SyncDir(path string) error    { return syncDir(path) }
func (operating) Rename(from, to string) error { return os.Rename(from, to) }
func (operating) Link(from, to string) error   { return os.Link(from, to) }
