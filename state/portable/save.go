package portable

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode"

	"relaytop/state/disk"
)

// ErrExists means that the file exists already. It was not changed.
var ErrExists = errors.New("a file of that name exists already")

// Save writes a file completely or not at all. It replaces an existing one only if asked to. Errors have no path: the
// caller names the file.
func Save(path string, replace bool, fill func(io.Writer) error) error {
	info, err := os.Lstat(path)
	switch {
	case err == nil && info.IsDir():
		return errors.New("it is a folder: name a file in it")
	case err == nil && !info.Mode().IsRegular():
		return errors.New("it is not a regular file")
	}
	write := disk.Files{}.Create
	if replace {
		write = disk.Files{}.Replace
	}
	err = write(path, fill)
	if errors.Is(err, fs.ErrExist) {
		return ErrExists
	}
	return disk.Cause(err)
}

// FileName is a name for a chat's file: the words of its title, and format as its extension.
func FileName(title, format string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool {
		return !unicode.IsLetter(r) &&
			!unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	name := []rune(strings.Join(words, "-"))
	if len(name) > 40 {
		name = name[:40]
	}
	s := strings.Trim(string(name), "-")
	if s == "" {
		s = "chat"
	}
	return s + "." + format
}
