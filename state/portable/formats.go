package portable

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// Format is one way to write a chat to a file.
type Format struct {
	Name       string   // "json", "md"; also the extension of a new file
	Extensions []string // of file names, in lower case, with the dot
	Does       string   // the purpose of the file in a few words: "to be read"
	write      func(io.Writer, *Chat) error
}

// Formats are the formats that a chat can be exported in. The first is the default: it can be imported again.
func Formats() []Format {
	return []Format{
		{Name: "json", Extensions: []string{".json"}, Does: "to be imported again", write: JSON},
		{Name: "md", Extensions: []string{".md", ".markdown"}, Does: "to be read", write: Markdown},
	}
}

// FormatNames returns the names of all formats, joined with "or".
func FormatNames() string {
	var names []string
	for _, f := range Formats() {
		names = append(names, f.Name)
	}
	return strings.Join(names, " or ")
}

// Extensions returns the first extension of each format, joined with "or".
func Extensions() string {
	var names []string
	for _, f := range Formats() {
		names = append(names, f.Extensions[0])
	}
	return strings.Join(names, " or ")
}

// FormatOf is the name of the format of a file's extension; "" if there is none.
func FormatOf(path string) string {
	ext := strings.ToLower(filepath.Ext(path))
	for _, f := range Formats() {
		if slices.Contains(f.Extensions, ext) {
			return f.Name
		}
	}
	return ""
}

// IsFormat reports whether there is a format of that name.
func IsFormat(name string) bool {
	return slices.ContainsFunc(Formats(), func(f Format) bool { return f.Name == name })
}

// Write writes a chat in the format of that name.
func Write(w io.Writer, c *Chat, format string) error {
	for _, f := range Formats() {
		if f.Name == format {
			return f.write(w, c)
		}
	}
	return fmt.Errorf("there is no format %q: %s", format, FormatNames())
}
