package markdown

import (
	"regexp"
	"strings"
)

// reader reads Markdown a second time, by recursive descent over whole lines and independently of the splitter and of
// goldmark. It tells which signs of a text a screen may leave out; it never tells that one must go. Where CommonMark
// is not clear it lets more go than it has to.
type reader struct {
	text string
	may  []bool         // by byte: the sign may be left out
	alt  map[int]string // by byte: what may stand in its place
	defs map[string]bool
	code []string // the fences, in order
}

// ln is a line of a container: where it starts in the text, and what of it belongs to the container. lazy says that
// it lacks the mark of a quote, out that it lacks the indentation of an item.
type ln struct {
	at        int
	s         string
	lazy, out bool
}

func read(text string) *reader {
	r := &reader{text: text, may: make([]bool, len(text)), alt: map[int]string{}, defs: map[string]bool{}}
	for _, m := range definedLabel.FindAllStringSubmatch(text, -1) {
		r.defs[fold(m[1])] = true
	}
	var lines []ln
	at := 0
	for s := range strings.SplitAfterSeq(text, "\n") {
		lines = append(lines, ln{at: at, s: strings.TrimSuffix(s, "\n")})
		at += len(s)
	}
	r.blocks(lines, 0)
	return r
}

var (
	definedLabel = regexp.MustCompile(`(?m)^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*\[([^\[\]]+)\]:`)
	fenceStart   = regexp.MustCompile("^ *(`{3,}|~{3,})([^\n]*)$")
	itemStart    = regexp.MustCompile(`^( *)([-*+]|\d{1,9}[.)])( +|$)`)
	markers      = regexp.MustCompile(`^(?: *(?:(?:[-*+]|\d{1,9}[.)])(?: +|$)|> ?))*`)
	taskBox      = regexp.MustCompile(`^ *\[[ xX]\] `)
	noteStart    = regexp.MustCompile(`^( *)\[\^([^\[\] ]+)\]:`)
	quoteStart   = regexp.MustCompile(`^ *> ?`)
	headStart    = regexp.MustCompile(`^ *#{1,6}( |$)`)
	headEnd      = regexp.MustCompile(`( |^)#+ *$`)
	ruleLine     = regexp.MustCompile(`^ *(?:(?:- *){3,}|(?:\* *){3,}|(?:_ *){3,})$`)
	underLine    = regexp.MustCompile(`^ *(={2,}|-{2,}) *$`)
	delimLine    = regexp.MustCompile(`^ *\|? *:?-+:? *(\| *:?-+:? *)*\|? *$`)
	alertLine    = regexp.MustCompile(`^(?i) {0,3}\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\] *$`)
)

func fold(label string) string { return strings.Join(strings.Fields(strings.ToLower(label)), " ") }

func blank(l ln) bool { return strings.TrimSpace(l.s) == "" }

func indent(l ln) int { return len(l.s) - len(strings.TrimLeft(l.s, " ")) }

// drop lets n bytes of a line go.
func (r *reader) drop(l ln, from, to int) {
	for i := from; i < to; i++ {
		r.may[l.at+i] = true
	}
}

func (l ln) from(n int) ln { n = min(n, len(l.s)); return ln{l.at + n, l.s[n:], l.lazy, l.out} }

// fenceOf returns the mark of a fence that a line opens.
func openedFence(l ln) string {
	m := fenceStart.FindStringSubmatch(l.s)
	if m == nil || m[1][0] == '`' && strings.Contains(m[2], "`") {
		return ""
	}
	return m[1]
}

func closesFence(l ln, mark string, open int) bool {
	t := strings.TrimSpace(l.s)
	return indent(l) < open+4 && len(t) >= len(mark) && strings.Trim(t, mark[:1]) == ""
}

// ended reports whether no paragraph goes on behind the last line.
func ended(in []ln) bool {
	l, n := in[len(in)-1], len(in)
	if indent(l) >= 4 && (n == 1 || blank(in[n-2])) {
		return true
	}
	l = l.from(len(markers.FindString(l.s)))
	return blank(l) || ruleLine.MatchString(l.s) || headStart.MatchString(l.s) || fenceStart.MatchString(l.s) ||
		alertLine.MatchString(l.s)
}

// starts reports whether a line cannot continue a paragraph. In a list a fence may be indented more than elsewhere.
func starts(l ln, depth int) bool {
	m := itemStart.FindStringSubmatch(l.s)
	if m != nil && (m[2] == "1." || m[2] == "1)" || len(m[2]) == 1) || depth > 0 && openedFence(l) != "" {
		return true
	}
	return indent(l) < 4 && (openedFence(l) != "" || headStart.MatchString(l.s) || ruleLine.MatchString(l.s) ||
		quoteStart.MatchString(l.s) || noteStart.MatchString(l.s))
}

// blocks reads the lines of one container.
func (r *reader) blocks(lines []ln, depth int) {
	for i := 0; i < len(lines); {
		l := lines[i]
		switch mark := openedFence(l); {
		case blank(l):
			i++
		case mark != "" && (indent(l) < 4 || depth > 0):
			i = r.fence(lines, i, mark)
		case indent(l) >= 4 && !(i == 1 && depth > 0) &&
			(itemStart.FindString(l.s) == "" || depth == 0 && (i == 0 || blank(lines[i-1]))):
			i++ // code
		case quoteStart.MatchString(l.s) && depth < maxDepth:
			i = r.quote(lines, i, depth)
		case ruleLine.MatchString(l.s):
			r.drop(l, 0, len(l.s))
			i++
		case itemStart.MatchString(l.s) && depth < maxDepth:
			i = r.item(lines, i, depth)
		case noteStart.MatchString(l.s):
			m := noteStart.FindStringSubmatchIndex(l.s)
			r.drop(l, m[4]-1, m[4]) // the ^
			i = r.inner(lines, i, m[1]+indent(l.from(m[1])), 4, 2, depth)
		case headStart.MatchString(l.s):
			r.heading(l)
			i++
		default:
			if depth > 0 && taskBox.MatchString(l.s) {
				r.drop(l, 0, indent(l)+3)
			}
			i = r.paragraph(lines, i, depth)
		}
	}
}

func (r *reader) heading(l ln) {
	n := len(headStart.FindString(l.s))
	end := len(l.s)
	if m := headEnd.FindStringIndex(l.s[n:]); m != nil {
		end = n + m[0]
	}
	if strings.TrimSpace(l.s[n:end]) == "" {
		return
	}
	r.drop(l, 0, n)
	r.drop(l, end, len(l.s))
	r.inline([]ln{{at: l.at + n, s: l.s[n:end]}})
}

// fence lets the lines around code go, and nothing of the code.
func (r *reader) fence(lines []ln, i int, mark string) int {
	open := indent(lines[i])
	r.drop(lines[i], 0, len(lines[i].s))
	var code []string
	for i++; i < len(lines); i++ {
		if closesFence(lines[i], mark, open) {
			r.drop(lines[i], 0, len(lines[i].s))
			i++
			break
		}
		code = append(code, lines[i].s[min(indent(lines[i]), open):])
	}
	r.code = append(r.code, strings.Join(code, "\n"))
	return i
}

// quote reads the lines that start with > as a container, and the lines that continue its last paragraph.
func (r *reader) quote(lines []ln, i, depth int) int {
	var in []ln
	mark, open := "", 0
	for ; i < len(lines); i++ {
		l := lines[i]
		n := len(quoteStart.FindString(l.s))
		if n == 0 && (len(in) == 0 || mark != "" || blank(l) || ended(in) || starts(l, depth)) {
			break
		}
		r.drop(l, 0, n)
		l = l.from(n)
		l.lazy = l.lazy || n == 0
		in = append(in, l)
		if alertLine.MatchString(l.s) {
			for k, c := range l.s {
				if strings.ContainsRune("[!]", c) {
					r.drop(l, k, k+1)
				}
			}
		}
		if mark == "" {
			l = l.from(len(markers.FindString(l.s)))
			mark, open = openedFence(l), indent(l)
		} else if closesFence(l, mark, open) {
			mark = ""
		}
	}
	r.blocks(in, depth+1)
	return i
}

// item reads a list item.
func (r *reader) item(lines []ln, i, depth int) int {
	l := lines[i]
	m := itemStart.FindStringSubmatchIndex(l.s)
	content := m[7]
	r.drop(l, 0, content)
	if m[5]-m[4] > 1 {
		r.alt[l.at+m[4]] = anyNumber
	}
	first := content // of the text: models set it off by any number of blanks
	if m[7]-m[5] > 4 || m[7] == len(l.s) {
		content = m[5] + 1
	}
	return r.inner(lines, i, first, content, m[3]+2, depth)
}

// inner reads what is in an item or a footnote: the rest of its first line from a column on, the lines that are
// indented at least by least, those that continue its last paragraph, and a whole fence that it opened.
func (r *reader) inner(lines []ln, i, first, col, least, depth int) int {
	in := []ln{lines[i].from(first)}
	head := in[0].from(len(markers.FindString(in[0].s)))
	mark, open := openedFence(head), head.at-in[0].at
	math, from := inMath(append([]ln{head}, lines[i+1:]...)), i
	for i++; i < len(lines); i++ {
		l := lines[i]
		if math[i-from] {
			in = append(in, l.from(min(indent(l), col)))
			continue
		}
		if len(in) == 1 && blank(in[0]) && blank(l) {
			break
		}
		n := min(indent(l), col)
		l.out = l.out || indent(l) < min(least, col)
		if mark != "" {
			if closesFence(l, mark, open+col) {
				mark = ""
			}
		} else {
			if indent(l) < min(least, col) && !blank(l) &&
				(starts(l, depth) || ended(in) || itemStart.MatchString(l.s)) {
				break
			}
			if mark, open = openedFence(l.from(n)), indent(l.from(n)); mark == "" && quoteStart.MatchString(l.s) {
				mark = "" // a fence in a quote ends with the quote
			}
		}
		in = append(in, l.from(n))
	}
	r.blocks(in, depth+1)
	return i
}

// paragraph reads a paragraph, a heading with a line under it, a table or link definitions.
func (r *reader) paragraph(lines []ln, i, depth int) int {
	from, table := i, -1
	math := inMath(lines[i:])
	for i++; i < len(lines) && !blank(lines[i]); i++ {
		l := lines[i]
		if math[i-from] && table < 0 {
			continue
		}
		if table < 0 && !l.lazy && !l.out && underLine.MatchString(l.s) {
			r.drop(l, 0, len(l.s))
			i++
			break
		}
		if table < 0 && !l.lazy && strings.ContainsAny(l.s, "|:") && delimLine.MatchString(l.s) &&
			cells(l.s) == cells(lines[i-1].s) {
			table = i
			r.drop(l, 0, len(l.s))
		}
		if starts(l, depth) || table >= 0 && itemStart.MatchString(l.s) {
			break
		}
	}
	if table < 0 {
		r.inline(lines[from:i])
		return i
	}
	r.inline(lines[from:max(table-1, from)])
	for _, l := range lines[max(table-1, from):i] {
		r.row(l)
	}
	return i
}

// cells is the number of cells in a row of a table.
func cells(s string) int {
	s = strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(s, `\\`, ""), `\|`, ""))
	return 1 + strings.Count(strings.TrimSuffix(strings.TrimPrefix(s, "|"), "|"), "|")
}

// row reads a row of a table, cell by cell.
func (r *reader) row(l ln) {
	from := 0
	for k := 0; k <= len(l.s); k++ {
		switch {
		case k == len(l.s):
			r.inline([]ln{{at: l.at + from, s: l.s[from:k]}})
		case l.s[k] == '|':
			r.drop(l, k, k+1)
			r.inline([]ln{{at: l.at + from, s: l.s[from:k]}})
			from = k + 1
		case strings.HasPrefix(l.s[k:], `\|`):
			r.drop(l, k, k+1)
			k++
		case l.s[k] == '\\' && k+1 < len(l.s):
			k++
		}
	}
}
