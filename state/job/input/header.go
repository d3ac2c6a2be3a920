package input

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SetHeader sets the columns of a CSV or TSV, and refuses those that a prompt can't be made from.
func (f *Format) SetHeader(columns []string) error {
	seen := map[string]bool{}
	if !utf8.ValidString(strings.Join(columns, "")) {
		return Unusable("the header is not UTF-8: save the table as CSV (UTF-8)")
	}
	for i, c := range columns {
		c = strings.TrimFunc(c, isBlank)
		if columns[i] = c; seen[c] && c != "" {
			return Unusable("the header has the column %q twice", c)
		}
		seen[c] = true
	}
	if len(columns) == 1 && wrapsTable(columns[0]) {
		return Unusable("the header is one column in quotes, %q: if its lines hold more, save the table again "+
			"without quotes around whole lines; else give the column another name", columns[0])
	}
	if sep := oddSeparator(columns); sep != "" {
		return Unusable("the header is one column, %q: if %q separates its columns, name it in a line before it, "+
			"as sep=; does", columns[0], sep)
	}
	f.Header = columns
	f.idle = f.unusedColumns()
	for i := 1; i < len(f.Template); i += 2 {
		if !seen[f.Template[i]] {
			return Unusable("the template's {{%s}} is not a column: there are %s", f.Template[i],
				strings.Join(columns, ", "))
		}
	}
	if f.Template == nil && !seen["prompt"] && len(columns) > 1 {
		for _, c := range columns {
			if strings.EqualFold(c, "prompt") {
				return Unusable("no column is called prompt, but one %s: write it in lower case", c)
			}
		}
		if !slices.ContainsFunc(columns, func(c string) bool { return c != "" }) {
			return Unusable("no column is called prompt: the first line has separators alone, and the header belongs there")
		}
		return Unusable("no column is called prompt: say with a template (--template) how %s make one",
			strings.Join(columns, ", "))
	}
	return nil
}

// isBlank reports whether a character of a name is white space or can't be seen.
func isBlank(r rune) bool {
	return unicode.IsSpace(r) || r == '\ufeff' || r >= '\u200b' && r <= '\u200f'
}

// oddSeparator returns what seems to separate the columns of a header that is read as one column: a sign that is not
// tried as a separator, with a name of ours on one side of it.
func oddSeparator(columns []string) string {
	if len(columns) != 1 {
		return ""
	}
	for _, sep := range [...]string{"^", "~", ":", "\x01", "\x1f", "；", "，", "،", "¦", "#", "!"} {
		names := strings.Split(columns[0], sep)
		words, ours := true, false
		for _, n := range names {
			n = strings.TrimSpace(n)
			_, known := reserved(n)
			words, ours = words && n != "" && !strings.Contains(n, " "), ours || known
		}
		if len(names) > 1 && words && ours {
			return sep
		}
	}
	return ""
}

// wrapsTable reports whether the name of a column is a whole header, as in a table that was exported twice: names of
// one word with a separator between them.
func wrapsTable(name string) bool {
	for _, comma := range [...]string{",", ";", "\t", "|"} {
		names := strings.Split(name, comma)
		if len(names) > 1 && !slices.ContainsFunc(names, func(n string) bool { return n == "" || strings.Contains(n, " ") }) {
			return true
		}
	}
	return false
}
