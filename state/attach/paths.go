package attach

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"relaytop/state/disk"
)

// mostPaths and mostTyped bound what is read as paths: a pasted text may have any length.
const (
	mostPaths = 32
	mostTyped = 16 << 10
)

// Paths reads text as paths of files, as terminals paste them when files are dropped on them: bare, quoted for a
// shell, or as file:// URLs, one or several. It returns all readings, the likeliest first: Existing finds the one
// that is meant. Nil: the text is not a path. A name without a folder is a word, not a path.
func Paths(s string) [][]string {
	s = strings.Trim(s, " \t\r\n")
	if s == "" || len(s) > mostTyped || strings.ContainsRune(s, 0) {
		return nil
	}
	var readings [][]string
	add := func(words []string) {
		if len(words) == 0 || len(words) > mostPaths {
			return
		}
		var paths []string
		for _, w := range words {
			p := toPath(w)
			if p == "" {
				return
			}
			paths = append(paths, p)
		}
		for _, r := range readings {
			if strings.Join(r, "\x00") == strings.Join(paths, "\x00") {
				return
			}
		}
		readings = append(readings, paths)
	}
	lines := strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' })
	for i := range lines {
		lines[i] = strings.Trim(lines[i], " \t")
	}
	add(lines)
	if words, ok := shellWords(s); ok {
		add(words)
	}
	return readings
}

// Existing is the first reading whose files all exist; nil without one.
func Existing(readings [][]string) []string {
	for _, paths := range readings {
		there := true
		for _, p := range paths {
			if _, err := os.Stat(p); err != nil {
				there = false
				break
			}
		}
		if there {
			return paths
		}
	}
	return nil
}

// toPath is a word as a path; "": it is not a path.
func toPath(w string) string {
	if rest, ok := strings.CutPrefix(w, "file://"); ok {
		return fromURL(rest)
	}
	home, _ := os.UserHomeDir() // if it is unknown a ~ stays, and no such file exists
	w = disk.ExpandHome(w, home)
	if !strings.ContainsRune(w, '/') && !strings.ContainsRune(w, filepath.Separator) || strings.Contains(w, "://") {
		return ""
	}
	return filepath.Clean(w)
}

// fromURL is the path of a file: URL, given without its first slashes; "" for another machine.
func fromURL(rest string) string {
	host, path, ok := strings.Cut(rest, "/")
	if !ok {
		return ""
	}
	if host != "" && host != "localhost" {
		if own, err := os.Hostname(); err != nil || !strings.EqualFold(own, host) {
			return ""
		}
	}
	path, err := url.PathUnescape(path)
	if err != nil || path == "" || strings.ContainsRune(path, 0) {
		return ""
	}
	if filepath.Separator == '\\' { // file:///C:/name
		return filepath.Clean(path)
	}
	return filepath.Clean("/" + path)
}

// shellWords splits a line as a shell does, without expansion; false: a quote is not closed.
func shellWords(s string) ([]string, bool) {
	var words []string
	var word strings.Builder
	inside := false // of a word
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case ' ', '\t', '\n', '\r':
			if inside {
				words = append(words, word.String())
				word.Reset()
				inside = false
			}
		case '\'', '"':
			inside = true
			end := closing(s, i)
			if end < 0 {
				return nil, false
			}
			word.WriteString(unquoted(s[i+1:end], c))
			i = end
		case '\\':
			inside = true
			if i++; i == len(s) {
				return nil, false
			}
			word.WriteByte(s[i])
		default:
			inside = true
			word.WriteByte(c)
		}
	}
	if inside {
		words = append(words, word.String())
	}
	return words, true
}

// closing is the end of the quote that begins at i; -1: it has none.
func closing(s string, i int) int {
	for j := i + 1; j < len(s); j++ {
		switch {
		case s[j] == s[i]:
			return j
		case s[j] == '\\' && s[i] == '"':
			j++
		}
	}
	return -1
}

// unquoted resolves the escapes that are valid in such quotes.
func unquoted(s string, quote byte) string {
	if quote == '\'' || !strings.ContainsRune(s, '\\') {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte("\\\"$`", s[i+1]) >= 0 {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
