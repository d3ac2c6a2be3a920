package exchange

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// ErrExists says that a file stands there already, and was left alone.
var ErrExists = errors.New("a file of that name is there already")

// Save writes a file whole or not at all. One that is there is replaced only if that was asked for.
func Save(path string, replace bool, fill func(io.Writer) error) (err error) {
	info, err := os.Lstat(path)
	switch {
	case err == nil && info.IsDir():
		return errors.New("it is a folder: name a file in it")
	case err == nil && !info.Mode().IsRegular():
		return errors.New("it is no regular file")
	case err == nil && !replace:
		return ErrExists
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".relaytop-*.tmp") // mode 0600
	if err != nil {
		return bare(err)
	}
	defer os.Remove(tmp.Name())
	err = fill(tmp)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return bare(err)
	}
	if replace {
		return bare(os.Rename(tmp.Name(), path))
	}
	// A link, unlike a rename, takes no other's place: what came there meanwhile stays.
	switch err := os.Link(tmp.Name(), path); {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrExist):
		return ErrExists
	}
	return bare(os.Rename(tmp.Name(), path)) // a file system without links
}

// bare is an error without the path: whoever asked knows it, and a temporary name helps nobody.
func bare(err error) error {
	var where *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &where):
		return where.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// FileName is a name for a chat's file: the words of its title.
func FileName(title, kind string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
	name := []rune(strings.Join(words, "-"))
	if len(name) > 40 {
		name = name[:40]
	}
	s := strings.Trim(string(name), "-")
	if s == "" {
		s = "chat"
	}
	return s + "." + kind
}

// Kind is the format that a file's name asks for: md or json; "" if it does not say.
func Kind(path string) string {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".md", ".markdown":
		return "md"
	case ".json":
		return "json"
	}
	return ""
}

// Write writes a chat as md or json.
func Write(w io.Writer, c *Chat, kind string) error {
	switch kind {
	case "json":
		return JSON(w, c)
	case "md":
		return Markdown(w, c)
	}
	return fmt.Errorf("there is no format %q: json or md", kind)
}
