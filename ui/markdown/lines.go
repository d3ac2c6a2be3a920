package markdown

import (
	"strconv"
	"strings"
)

// indentOf returns the column at which the text of a line starts, and the line from there on. A tab goes to the
// next multiple of four.
func indentOf(l string) (int, string) {
	col := 0
	for i := 0; i < len(l); i++ {
		switch l[i] {
		case ' ':
			col++
		case '\t':
			col += 4 - col%4
		case '\r':
		default:
			return col, strings.TrimRight(l[i:], "\r")
		}
	}
	return col, ""
}

// stripIndent removes up to cols columns of blanks from the start of a line.
func stripIndent(l string, cols int) string {
	col := 0
	for i := 0; i < len(l) && col < cols; i++ {
		switch l[i] {
		case ' ':
			col++
		case '\t':
			col += 4 - col%4
		default:
			return l[i:]
		}
		if col >= cols {
			return l[i+1:]
		}
	}
	if col < cols {
		return ""
	}
	return l
}

type itemMarker struct {
	kind   byte   // - * + . )
	digits string // of a number
	number int
	width  int // columns from the marker to the text of the item
	rest   string
}

// itemOf reads the list marker that a line starts with.
func itemOf(rest string) (itemMarker, bool) {
	n := 0
	for n < len(rest) && n < 9 && rest[n] >= '0' && rest[n] <= '9' {
		n++
	}
	if n >= len(rest) {
		return itemMarker{}, false
	}
	it := itemMarker{kind: rest[n]}
	switch {
	case n == 0 && strings.IndexByte("-*+", rest[0]) >= 0:
	case n > 0 && (rest[n] == '.' || rest[n] == ')'):
		it.digits = rest[:n]
		it.number, _ = strconv.Atoi(it.digits)
	default:
		return it, false
	}
	if n++; n < len(rest) && rest[n] != ' ' && rest[n] != '\t' {
		return it, false
	}
	it.width = n + 1
	if n < len(rest) {
		in, body := indentOf(rest[n:])
		if body != "" && in <= 4 {
			it.width = n + in
			it.rest = body
		} else {
			it.rest = rest[n+1:]
		}
	}
	return it, true
}

func fenceOf(rest string) (fence, lang string) {
	if len(rest) < 3 || rest[0] != '`' && rest[0] != '~' {
		return "", ""
	}
	n := 0
	for n < len(rest) && rest[n] == rest[0] {
		n++
	}
	info := strings.TrimSpace(rest[n:])
	if n < 3 || rest[0] == '`' && strings.Contains(info, "`") {
		return "", ""
	}
	info, _, _ = strings.Cut(strings.TrimLeft(info, "{."), " ")
	return rest[:n], strings.TrimRight(info, "}")
}

func headingLevel(rest string) int {
	n := 0
	for n < len(rest) && rest[n] == '#' {
		n++
	}
	if n == 0 || n > 6 || n < len(rest) && rest[n] != ' ' && rest[n] != '\t' {
		return 0
	}
	return n
}

// headingText returns the text of a heading without the closing #, which stand behind a blank.
func headingText(s string) string {
	s = strings.TrimSpace(s)
	if t := strings.TrimRight(s, "#"); t == "" || strings.HasSuffix(t, " ") || strings.HasSuffix(t, "\t") {
		return strings.TrimSpace(t)
	}
	return s
}

func isRule(rest string) bool {
	n := 0
	for i := 0; i < len(rest); i++ {
		switch rest[i] {
		case rest[0]:
			n++
		case ' ', '\t':
		default:
			return false
		}
	}
	return n >= 3 && strings.IndexByte("-*_", rest[0]) >= 0
}

func underlineLevel(rest string) int {
	t := strings.TrimRight(rest, " \t")
	switch {
	case len(t) < 2: // it may become a list item
		return 0
	case strings.Trim(t, "=") == "":
		return 1
	case strings.Trim(t, "-") == "":
		return 2
	}
	return 0
}

// interrupts reports whether a line can start a block in the middle of a paragraph.
func interrupts(rest string) bool {
	fence, _ := fenceOf(rest)
	return fence != "" || headingLevel(rest) > 0 || isRule(rest) || rest[0] == '>'
}

// delimiterCells returns the number of cells in a table's delimiter row, or 0 if the line is not one.
func delimiterCells(rest string) int {
	if !strings.ContainsAny(rest, "|:") || strings.Trim(rest, "|:- \t") != "" {
		return 0
	}
	for _, c := range splitRow(rest) {
		t := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(c), ":"), ":")
		if t == "" || strings.Trim(t, "-") != "" {
			return 0
		}
	}
	return countCells(rest)
}

func countCells(row string) int { return len(splitRow(row)) }

// splitRow splits a table row at its bars. A bar behind a backslash is text.
func splitRow(row string) []string {
	row = strings.TrimSpace(row)
	row = strings.TrimPrefix(row, "|")
	var out []string
	from := 0
	for i := 0; i < len(row); i++ {
		switch row[i] {
		case '\\':
			i++
		case '|':
			if i == len(row)-1 { // it ends the row
				row = row[:i]
				break
			}
			out = append(out, strings.TrimSpace(strings.ReplaceAll(row[from:i], `\|`, "|")))
			from = i + 1
		}
	}
	return append(out, strings.TrimSpace(strings.ReplaceAll(row[from:], `\|`, "|")))
}

// tableHead returns the first two lines of a table.
func tableHead(src []byte) []byte {
	n := 0
	for i, c := range src {
		if c == '\n' {
			if n++; n == 2 {
				return append([]byte(nil), src[:i+1]...)
			}
		}
	}
	return nil
}
