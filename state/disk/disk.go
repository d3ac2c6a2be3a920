// Package disk writes files atomically, opens our own files, and takes locks.
//
// Its rules:
//   - A file appears complete or not at all: it is written under a temporary name in the same folder, synced and
//     renamed. Then its folder is synced: without that a crash may undo the rename.
//   - Folders get mode 0700, files 0600.
//   - Our own files and folders are never opened through a link, and never belong to another user, who could read or
//     replace what we write.
//   - A lock is the system's, on an open file: it ends with the process, however that ends.
package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	dirMode  = 0o700
	fileMode = 0o600
)

// Reasons why a file or folder is refused.
var (
	ErrLink  = errors.New("is a link")
	ErrKind  = errors.New("is not what belongs there")
	ErrOwner = errors.New("belongs to another user")
)

// refusal is an error with the path of what was refused, and the reason.
type refusal struct {
	text   string
	reason error
}

func (r *refusal) Error() string { return r.text }
func (r *refusal) Unwrap() error { return r.reason }

// MakeDir creates a folder and its parents if they do not exist. A folder that is a link or belongs to another user
// is refused.
func MakeDir(path string) error {
	if err := os.MkdirAll(path, dirMode); err != nil {
		return err
	}
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return &refusal{path + " is a link, not a folder", ErrLink}
	case !info.IsDir():
		return &refusal{path + " is a file, not a folder", ErrKind}
	}
	return refuseOwner(path, info)
}

// Open opens one of our own files, with the flags of os.OpenFile; a new file gets mode 0600. It refuses a link,
// anything but a regular file, and a file of another user. It never waits for the other end of a pipe.
func Open(path string, flag int) (*os.File, error) {
	if err := refuseLink(path); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, flag|noFollow, fileMode)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &refusal{path + " is not a regular file", ErrKind}
	}
	if err == nil {
		err = refuseOwner(path, info)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// refuseLink refuses a link with our own error: those of the systems differ, and Windows follows links.
func refuseLink(path string) error {
	if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return &refusal{path + " is a link", ErrLink}
	}
	return nil
}

// Writable reports whether a file can be created in a folder, by creating and removing one.
func Writable(dir string) error {
	f, err := os.CreateTemp(dir, ".relaytop-probe-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// Cause is an error of a file without its path: the caller names the file, and the path may be a temporary one.
func Cause(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// temporary creates an empty file in the folder of path.
func temporary(path string) (*os.File, error) {
	return os.CreateTemp(filepath.Dir(path), fmt.Sprintf(".%.40s-*.tmp", filepath.Base(path))) // mode 0600
}
