package markdown

import (
	"html"
	"regexp"
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
		`[a-zA-Z0-9.!#$%&'*+/=?^_{|}~-]+@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*)>`)
	lineBreak = regexp.MustCompile(`^<[bB][rR] */? *>`)
	displays  = regexp.MustCompile(`(?s)^(\$\$(\\.|[^\\])*?\$\$|` +
		`\\\((\\[^)]|[^\\])*?\\\)|\\\[(\\[^\]]|[^\\])*?\\\])`)
	inlineLink = regexp.MustCompile(`(?s)^(!?)\[((?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]` +
		`(\((?:[^()\\]|\\.|\([^()]*\))*\)|\[[^\[\]]*\])?`)
	looseLink  = regexp.MustCompile(`(?s)^!?\[[^\[\]]*\]\(.*\)`)
	linkTarget = regexp.MustCompile(`(?s)^\(\s*(<[^<>\n]*>|\S*)(\s+("[^"]*"|'[^']*'|\([^()]*\)))?\s*\)$`)
	footnote   = regexp.MustCompile(`^\[(\^[^\[\] ]+)\]`)
)

// flat is the text of a block, with where each of its bytes is.
type flat struct {
	*reader
	s   string
	at  []int
	off []bool // by byte: it is no delimiter of emphasis
	// words and target are where the words and the target of the last link end: between them starts no code span.
	words, target int
}

// inline reads the lines of a paragraph.
func (r *reader) inline(lines []ln) {
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
	switch s[0] {
	case '`':
		if f.words <= i && i < f.target {
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
		if m := entity.FindString(s); m != "" && html.UnescapeString(m) != m {
			f.drop(i, i+len(m))
			f.alt[f.at[i]] = text.Clean(html.UnescapeString(m))
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
		f.link(i)
	}
	return 1
}

func (f *flat) codeSpan(i int) int {
	n := len(f.s[i:]) - len(strings.TrimLeft(f.s[i:], "`"))
	for at := i + n; at < len(f.s); {
		k := strings.IndexByte(f.s[at:], '`')
		if k < 0 {
			break
		}
		from := at + k
		at = from + len(f.s[from:]) - len(strings.TrimLeft(f.s[from:], "`"))
		if at-from == n {
			f.keep(i, at)
			f.drop(i, i+n)
			f.drop(from, at)
			return at - i
		}
	}
	return n
}

// inMath tells which lines of a paragraph are inside of math that started on a line above.
func inMath(lines []ln) []bool {
	f := flat{reader: &reader{alt: map[int]string{}}}
	var starts []int
	var b strings.Builder
	for _, l := range lines {
		if blank(l) || openedFence(l) != "" {
			break
		}
		starts = append(starts, b.Len())
		b.WriteString(l.s + "\n")
	}
	f.s = b.String()
	f.at, f.off = make([]int, len(f.s)), make([]bool, len(f.s))
	out := make([]bool, len(lines))
	for i := 0; i < len(f.s); {
		n, s := 1, f.s[i:]
		if s[0] == '`' {
			ticks := len(s) - len(strings.TrimLeft(s, "`"))
			if n = f.codeSpan(i); n == ticks || strings.Contains(s[:n], "\n") {
				n = max(strings.IndexByte(s, '\n'), 1)
			}
		} else if strings.HasPrefix(s, "$$") || strings.HasPrefix(s, `\(`) || strings.HasPrefix(s, `\[`) {
			if n = mathAt(s); n == 0 {
				n = 2
			}
		} else if s[0] == '\\' {
			n = 2
		}
		for k, at := range starts {
			out[k] = out[k] || at > i && at < i+n && f.s[i] != '`'
		}
		i += n
	}
	return out
}

// mathAt returns the length of the math that s starts with.
func mathAt(s string) int {
	if m := displays.FindString(s); m != "" {
		return len(m)
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

// link lets the brackets of a link go, its target too if its words say the same, and what makes a footnote.
func (f *flat) link(i int) {
	if m := footnote.FindStringSubmatch(f.s[i:]); m != nil && f.defs[fold(m[1])] {
		f.drop(i+1, i+2)
		return
	}
	m := inlineLink.FindStringSubmatchIndex(f.s[i:])
	if m == nil {
		return
	}
	image, words := m[3] > m[2], f.s[i+m[4]:i+m[5]]
	if m[6] < 0 {
		if image && f.defs[fold(words)] {
			f.drop(i, i+1)
			f.alt[f.at[i]], f.alt[f.at[i+m[5]]] = "[image:", "]]"
		}
		if looseLink.MatchString(f.s[i:]) {
			f.drop(i, i+m[4])
			f.drop(i+m[5], i+m[5]+1)
		}
		return
	}
	rest := f.s[i+m[6] : i+m[7]]
	if rest[0] == '(' && !linkTarget.MatchString(rest) {
		return
	}
	if rest[0] == '[' && !f.defs[fold(rest[1:len(rest)-1])] && (rest != "[]" || !f.defs[fold(words)]) {
		return
	}
	f.drop(i, i+m[4])
	f.drop(i+m[5], i+m[5]+1)
	if image {
		f.alt[f.at[i]] = "[image:"
		f.alt[f.at[i+m[7]-1]] = rest[len(rest)-1:] + "]"
	}
	if target := strings.Trim(rest, "()"); target == strings.TrimSpace(words) || target == "mailto:"+words {
		f.drop(i+m[6], i+m[7])
	}
	f.keep(i+m[6], i+m[7])
	if rest[0] == '(' {
		f.target, f.words = i+m[7], i+m[6]
	}
}

func isASCIIPunct(c byte) bool {
	return c < utf8.RuneSelf && (unicode.IsPunct(rune(c)) || unicode.IsSymbol(rune(c)))
}

// delimiters is a run of signs that may make emphasis.
type delimiters struct {
	from, to    int
	open, close bool
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
				if a.open && b.close {
					f.drop(a.from, a.to)
					f.drop(b.from, b.to)
				}
			}
		}
	}
}

// flanks tells what a run may do: CommonMark 0.31, section 6.2, with the CJK-friendly amendments.
func (f *flat) flanks(from, to int, sign byte) delimiters {
	before, _ := utf8.DecodeLastRuneInString("\n" + f.s[:from])
	after, _ := utf8.DecodeRuneInString(f.s[to:] + "\n")
	mark := func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) }
	wide := func(r rune) bool {
		return r >= 0x1100 && r <= 0x11FF || r >= 0x2E80 && r <= 0xD7FF || r >= 0xF900 && r <= 0xFAFF ||
			r >= 0xFE00 && r <= 0xFE6F || r >= 0xFF00 && r <= 0xFFEF || r >= 0x1B000 && r <= 0x1B2FF || r >= 0x20000
	}
	edge := func(r rune) bool { return unicode.IsSpace(r) || mark(r) || wide(r) }
	left := !unicode.IsSpace(after) && (!mark(after) || wide(after) || edge(before))
	right := !unicode.IsSpace(before) && (!mark(before) || wide(before) || edge(after))
	ascii := func(r rune) bool { return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
	if sign == '*' && ascii(before) && ascii(after) &&
		(to-from == 1 || unicode.IsDigit(before) || unicode.IsDigit(after)) {
		left = false // an operator
	}
	if sign == '_' {
		two := to-from > 1
		return delimiters{from, to, left && (!right || mark(before) || two && wide(before)),
			right && (!left || mark(after) || two && wide(after))}
	}
	return delimiters{from, to, left, right}
}
