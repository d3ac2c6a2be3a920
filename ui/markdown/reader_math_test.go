package markdown

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	displays = regexp.MustCompile(`(?s)^(\$\$(\\.|[^\\])*?\$\$|` +
		`\\\((\\[^)]|[^\\])*?\\\)|\\\[(\\[^\]]|[^\\])*?\\\])`)
	environment  = regexp.MustCompile(`^\\begin\{([^}]{0,32})\}`)
	displayStart = regexp.MustCompile(`^(\$\$|\\[([]|\\begin\{[^}]{0,32}\})`)
)

// inMath tells which lines of a paragraph are inside of math that started on a line above. Math takes the lines of
// its container up to its end, whatever they look like. It takes no blank line, no fence and no line outside: none
// without the mark of a quote, and none that starts left of both the container's edge and the line that opened the
// math.
func inMath(lines []ln, edge int) []bool {
	out := make([]bool, len(lines))
	for k, from := 0, 0; k < len(lines) && !blank(lines[k]); {
		n := mathStart(lines[k].s[from:])
		if n < 0 {
			k, from = k+1, 0
			continue
		}
		from += n
		s := lines[k].s[from:] + "\n"
		for _, l := range lines[k+1:] {
			if blank(l) || openedFence(l) != "" || l.lazy || column(l) < min(edge, column(lines[k])) {
				break
			}
			s += l.s + "\n"
		}
		math := s[:displayAt(s)]
		if math == "" {
			math = displayStart.FindString(s)
		}
		for range strings.Count(math, "\n") {
			k, from = k+1, 0
			out[k] = true
		}
		from += len(math) - strings.LastIndexByte(math, '\n') - 1
	}
	return out
}

// mathStart returns where display math may start in a line, or -1. In code it starts nowhere, and nowhere behind
// backticks that the line does not close.
func mathStart(s string) int {
	for i := 0; i < len(s); i++ {
		switch {
		case displayStart.MatchString(s[i:]):
			return i
		case s[i] == '\\':
			i++
		case s[i] == '`':
			rest := strings.TrimLeft(s[i:], "`")
			ticks := len(s) - i - len(rest)
			code := codeEnd(rest, ticks)
			if code < 0 {
				return -1
			}
			i += ticks + code - 1
		}
	}
	return -1
}

// displayAt returns the length of the math that s starts with and that may take several lines.
func displayAt(s string) int {
	if m := displays.FindString(s); m != "" {
		return len(m)
	}
	m := environment.FindStringSubmatch(s)
	if m == nil {
		return 0
	}
	end := `\end{` + m[1] + "}"
	for i := len(m[0]); i < len(s); i++ {
		if strings.HasPrefix(s[i:], end) {
			return i + len(end)
		}
		if s[i] == '\\' {
			i++
		}
	}
	return 0
}

// mathAt returns the length of the math that s starts with.
func mathAt(s string) int {
	if n := displayAt(s); n > 0 {
		return n
	}
	if s[0] != '$' || len(s) < 3 || s[1] == '$' || unicode.IsSpace(rune(s[1])) {
		return 0
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '`':
			return 0
		case '\\':
			i++
		case '$':
			if unicode.IsSpace(rune(s[i-1])) || i+1 < len(s) && unicode.IsDigit(rune(s[i+1])) {
				return 0
			}
			return i + 1
		}
	}
	return 0
}
