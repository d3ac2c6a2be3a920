package markdown

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"relaytop/ui/text"
)

// anyNumber stands for a number that is counted.
const anyNumber = "\x00number"

var (
	entity   = regexp.MustCompile(`^&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]*);`)
	autolink = regexp.MustCompile(`^<([a-zA-Z][a-zA-Z0-9+.-]{1,31}:[^\s<>]*|` +
		"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@" + `[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*)>`)
	lineBreak = regexp.MustCompile(`^<[bB][rR] */? *>`)
)

// flat is the text of a block, with where each of its bytes is.
type flat struct {
	*reader
	s   string
	at  []int
	off []bool // by byte: it is no delimiter of emphasis

	brackets []bracket // those that are open
	address  int       // where the last address without brackets ends
}

// inline reads the lines of a paragraph.
func (r *reader) inline(lines []ln) {
	if r.dry {
		return
	}
	f := flat{reader: r}
	var b strings.Builder
	for _, l := range lines {
		for i := range len(l.s) {
			b.WriteByte(l.s[i])
			f.at = append(f.at, l.at+i)
		}
		b.WriteByte('\n')
		f.at = append(f.at, l.at+len(l.s))
	}
	f.s = b.String()
	f.off = make([]bool, len(f.s))
	for i := 0; i < len(f.s); {
		n := max(f.one(i), 1)
		i += n
	}
	f.emphasis()
}

// drop lets bytes go.
func (f *flat) drop(from, to int) {
	for i := from; i < to; i++ {
		if f.at[i] < len(f.may) {
			f.may[f.at[i]] = true
		}
		f.off[i] = true
	}
}

func (f *flat) keep(from, to int) {
	for i := from; i < to; i++ {
		f.off[i] = true
	}
}

// one reads what starts at i. It returns how many bytes are dealt with.
func (f *flat) one(i int) int {
	s := f.s[i:]
	if len(f.brackets) == 0 && (i == 0 || strings.IndexByte(" \n(~", f.s[i-1]) >= 0) {
		f.address = max(f.address, i+len(bareAddress.FindString(s)))
	}
	switch s[0] {
	case '`':
		if i < f.address {
			return 1
		}
		return f.codeSpan(i)
	case '$', '\\':
		if n := mathAt(s); n > 0 {
			f.keep(i, i+n)
			return n
		}
		if strings.HasPrefix(s, "$$") {
			return 2
		}
		if s[0] == '\\' && len(s) > 1 {
			if s[1] == '\n' || isASCIIPunct(s[1]) && !strings.Contains("()[]{},;!", s[1:2]) {
				f.drop(i, i+1)
			}
			if s[1] != '\n' {
				f.off[i+1] = true
			}
			return 2
		}
	case '&':
		m := entity.FindString(s)
		if c := entityOf(m); c != m {
			f.drop(i, i+len(m))
			f.alt[f.at[i]] = text.Clean(c)
			return len(m)
		}
	case '<':
		if m := lineBreak.FindString(s); m != "" {
			f.drop(i, i+len(m))
			return len(m)
		}
		if m := autolink.FindString(s); m != "" {
			f.drop(i, i+1)
			f.drop(i+len(m)-1, i+len(m))
			f.keep(i, i+len(m))
			return len(m)
		}
	case '[', '!':
		return f.bracket(i)
	case ']':
		return f.link(i)
	}
	return 1
}

func (f *flat) codeSpan(i int) int {
	rest := strings.TrimLeft(f.s[i:], "`")
	n := len(f.s[i:]) - len(rest)
	code := codeEnd(rest, n)
	if code < 0 {
		return n
	}
	f.keep(i, i+n+code)
	f.drop(i, i+n)
	f.drop(i+code, i+n+code)
	return n + code
}

// codeEnd returns where code ends that a run of backticks opened before s, or -1.
func codeEnd(s string, ticks int) int {
	for at := 0; ; {
		k := strings.IndexByte(s[at:], '`')
		if k < 0 {
			return -1
		}
		from := at + k
		at = len(s) - len(strings.TrimLeft(s[from:], "`"))
		if at-from == ticks {
			return at
		}
	}
}

// entityOf returns what a character reference stands for. A number is that of a code point, even where HTML takes it
// for a byte of Windows-1252.
func entityOf(m string) string {
	if !strings.HasPrefix(m, "&#") {
		return html.UnescapeString(m)
	}
	digits, base := m[2:len(m)-1], 10
	if strings.ContainsAny(digits[:1], "xX") {
		digits, base = digits[1:], 16
	}
	n, _ := strconv.ParseInt(digits, base, 32)
	if n == 0 {
		n = utf8.RuneError
	}
	return string(rune(n))
}

func isASCIIPunct(c byte) bool {
	return c < utf8.RuneSelf && (unicode.IsPunct(rune(c)) || unicode.IsSymbol(rune(c)))
}

// delimiters is a run of signs that may make emphasis.
type delimiters struct {
	from, to    int
	open, close bool
	both        bool // it is between what could be inside and what could be outside on either side
}

// emphasis lets the runs of * _ and ~~ go that have a partner.
func (f *flat) emphasis() {
	for _, sign := range []byte("*_~") {
		var runs []delimiters
		for i := 0; i < len(f.s); i++ {
			if f.s[i] != sign || f.off[i] {
				continue
			}
			from := i
			for i < len(f.s) && f.s[i] == sign && !f.off[i] {
				i++
			}
			if sign != '~' || i-from == 2 {
				runs = append(runs, f.flanks(from, i, sign))
			}
		}
		for k, a := range runs {
			for _, b := range runs[k+1:] {
				if a.open && b.close && !ruleOfThree(a, b) {
					f.drop(a.from, a.to)
					f.drop(b.from, b.to)
				}
			}
		}
	}
}

// ruleOfThree tells that two runs can't be partners: CommonMark 0.31, section 6.2, rules 9 and 10.
func ruleOfThree(a, b delimiters) bool {
	m, n := a.to-a.from, b.to-b.from
	return (a.both || b.both) && (m+n)%3 == 0 && (m%3 != 0 || n%3 != 0)
}

// flanks tells what a run may do: CommonMark 0.31, section 6.2, with the CJK-friendly amendments.
func (f *flat) flanks(from, to int, sign byte) delimiters {
	before, _ := utf8.DecodeLastRuneInString("\n" + f.s[:from])
	after, _ := utf8.DecodeRuneInString(f.s[to:] + "\n")
	mark := func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) }
	wide := func(r rune) bool {
		return r >= 0x1100 && r <= 0x11FF || r >= 0x2E80 && r <= 0xD7FF || r >= 0xF900 && r <= 0xFAFF ||
			r >= 0xFE00 && r <= 0xFE6F || r >= 0xFF00 && r <= 0xFFEF || r >= 0x1B000 && r <= 0x1B2FF ||
			r >= 0x20000 && r <= 0x3FFFD || r >= 0xE0100 && r <= 0xE01EF
	}
	edge := func(r rune) bool { return unicode.IsSpace(r) || mark(r) || wide(r) }
	left := !unicode.IsSpace(after) && (!mark(after) || wide(after) || edge(before))
	right := !unicode.IsSpace(before) && (!mark(before) || wide(before) || edge(after))
	both := left && right
	digit := func(r rune) bool { return r >= '0' && r <= '9' }
	ascii := func(r rune) bool { return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
	if sign == '*' && ascii(before) && ascii(after) && (to-from == 1 || digit(before) || digit(after)) {
		left = false // an operator
		right = right && !(digit(before) && digit(after))
	}
	if sign == '_' {
		two := to-from > 1
		open := left && (!right || mark(before) || two && wide(before))
		close := right && (!left || mark(after) || two && wide(after))
		return delimiters{from, to, open, close, open && close}
	}
	return delimiters{from, to, left, right, both}
}
