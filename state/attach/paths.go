package attach

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"relaytop/state/disk"
)

// mostPaths and mostTyped bound what is looked at as paths: text of any length may be pasted.
const (
	mostPaths = 32
	mostTyped = 16 << 10
)

// Paths reads text as the paths of files, as terminals put them down when files are dropped on them: bare, quoted
// for a shell, or as file:// URLs, one or several. There may be more than one way to read it, the likeliest first;
// which one is meant is found out by looking for the files. Nil: it is no path. A name without a folder is a word,
// not a path.
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

// Existing is the first reading of which every file is there; nil: none is.
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
	home, _ := os.UserHomeDir() // not known: a ~ stays, and no such file will be there
	w = disk.ExpandHome(w, home)
	if !strings.ContainsRune(w, '/') && !strings.ContainsRune(w, filepath.Separator) || strings.Contains(w, "://") {
		return ""
	}
	return filepath.Clean(w)
}

// fromURL is the path of a file: URL behind its slashes. A file of another machine has none.
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

// shellWords takes a line apart as a shell would that expands nothing; false: a quote is not closed.
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

// closing is where the quote ends that begins at i; -1: nowhere.
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

// unquoted resolves the escapes that count between such quotes.
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
