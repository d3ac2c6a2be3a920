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

	last   tail // what the lines read last end in
	dry    bool // nothing is let go
	define bool // what is defined is noted
	before map[tailKey]tail
}

// ln is a line of a container: where it starts in the text and in which column of the quote around it, and what of it
// belongs to the container. lazy says that it lacks the mark of a quote and continues the paragraph in it all the same,
// marked that it stands behind the marker of an item: no footnote is defined there.
type ln struct {
	at, col      int
	s            string
	lazy, marked bool
}

// depths are how deep a container is, counted as maxDepth is.
type depths struct{ quotes, items int }

func (d depths) quote() depths { return depths{d.quotes + 1, 0} }
func (d depths) item() depths  { return depths{d.quotes, d.items + 1} }

func read(text string) *reader {
	r := &reader{text: text, may: make([]bool, len(text)), alt: map[int]string{}, defs: map[string]bool{},
		before: map[tailKey]tail{}}
	var lines []ln
	at := 0
	for s := range strings.SplitAfterSeq(text, "\n") {
		lines = append(lines, ln{at: at, s: strings.TrimSuffix(s, "\n")})
		at += len(s)
	}
	r.dry, r.define = true, true
	r.blocks(lines, depths{}, 0)
	r.dry, r.define = false, false
	r.blocks(lines, depths{}, 0)
	return r
}

var (
	fenceStart = regexp.MustCompile("^ *(`{3,}|~{3,})([^\n]*)$")
	itemStart  = regexp.MustCompile(`^( *)([-*+]|\d{1,9}[.)])( +|$)`)
	taskBox    = regexp.MustCompile(`^ *\[[ xX]\] `)
	noteStart  = regexp.MustCompile(`^( *)\[\^([^\[\] ]+)\]:`)
	quoteStart = regexp.MustCompile(`^ *> ?`)
	headStart  = regexp.MustCompile(`^ *#{1,6}( |$)`)
	headEnd    = regexp.MustCompile(`( |^)#+ *$`)
	ruleLine   = regexp.MustCompile(`^ *(?:(?:- *){3,}|(?:\* *){3,}|(?:_ *){3,})$`)
	underLine  = regexp.MustCompile(`^ *(={2,}|-{2,}) *$`)
	delimLine  = regexp.MustCompile(`^ *\|? *:?-+:? *(\| *:?-+:? *)*\|? *$`)
	defLine    = regexp.MustCompile(`^ *\[([^\[\]]*[^\[\] \\] *)\]: *(<[^>]*>|[^ <][^ ]*)( +(".*"|'.*'|\(.*\)))? *$`)
	alertLine  = regexp.MustCompile(`^(?i) {0,3}\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\] *$`)
)

func fold(label string) string { return strings.Join(strings.Fields(strings.ToLower(label)), " ") }

func blank(l ln) bool { return strings.TrimSpace(l.s) == "" }

func indent(l ln) int { return len(l.s) - len(strings.TrimLeft(l.s, " ")) }

// column is where the text of a line starts.
func column(l ln) int { return l.col + indent(l) }

// drop lets n bytes of a line go.
func (r *reader) drop(l ln, from, to int) {
	for i := from; i < to && !r.dry; i++ {
		r.may[l.at+i] = true
	}
}

func (l ln) from(n int) ln {
	n = min(n, len(l.s))
	return ln{l.at + n, l.col + n, l.s[n:], l.lazy, l.marked}
}

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

// starts reports whether a line cannot continue a paragraph. In a list a fence may be indented more than elsewhere, and
// in an item any number starts another.
func starts(l ln, edge int) bool {
	m := itemStart.FindStringSubmatch(l.s)
	if m != nil && (m[2] == "1." || m[2] == "1)" || len(m[2]) == 1 || edge > 0 && !l.lazy) {
		return true
	}
	return edge > 0 && openedFence(l) != "" ||
		indent(l) < 4 && (openedFence(l) != "" || headStart.MatchString(l.s) || ruleLine.MatchString(l.s) ||
			quoteStart.MatchString(l.s) || noteStart.MatchString(l.s))
}

// blocks reads the lines of one container, whose text starts at the column edge or right of it.
func (r *reader) blocks(lines []ln, depth depths, edge int) {
	r.last = tail{}
	list := false // the block before was an item
	for i := 0; i < len(lines); {
		l, was := lines[i], r.last
		r.last = tail{}
		item := itemStart.MatchString(l.s)
		list = list && (item || blank(l))
		code := indent(l) >= 4 && !(i == 1 && edge > 0 && blank(lines[0])) &&
			!(item && (list || was.kind == paragraphTail && was.quotes == 0))
		switch mark := openedFence(l); {
		case blank(l):
			i++
		case mark != "" && (indent(l) < 4 || edge > 0):
			i = r.fence(lines, i, mark)
		case code:
			i++
		case quoteStart.MatchString(l.s) && depth.quotes < maxDepth:
			i = r.quote(lines, i, depth, edge)
		case ruleLine.MatchString(l.s):
			r.drop(l, 0, len(l.s))
			i++
		case item && depth.items < maxDepth:
			list, i = true, r.item(lines, i, depth)
		case noteStart.MatchString(l.s) && !l.marked:
			i = r.note(lines, i, depth)
		case headStart.MatchString(l.s):
			r.heading(l)
			i++
		case defLine.MatchString(l.s):
			if r.define {
				r.defs[fold(defLine.FindStringSubmatch(l.s)[1])] = true
			}
			r.inline(lines[i : i+1])
			i++
		default:
			if edge > 0 && taskBox.MatchString(l.s) {
				r.drop(l, 0, indent(l)+3)
			}
			i = r.paragraph(lines, i, edge)
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
	r.last.kind = fenceTail
	for i++; i < len(lines) && r.last.kind == fenceTail; i++ {
		if closesFence(lines[i], mark, open) {
			r.drop(lines[i], 0, len(lines[i].s))
			r.last = tail{}
			continue
		}
		code = append(code, lines[i].s[min(indent(lines[i]), open):])
	}
	if !r.dry {
		r.code = append(r.code, strings.Join(code, "\n"))
	}
	return i
}

// quote reads the lines that start with > as a container, and the lines that continue its last paragraph.
func (r *reader) quote(lines []ln, i int, depth depths, edge int) int {
	var in []ln
	for from := i; i < len(lines); i++ {
		l := lines[i]
		n := 0
		if i == from || indent(l) < 4 && !l.lazy {
			n = len(quoteStart.FindString(l.s))
		}
		if n == 0 && !l.lazy {
			l.lazy = true
			if blank(l) || starts(l, edge) || r.tailOf(in, depth.quote(), 0).kind != paragraphTail {
				break
			}
		}
		r.drop(l, 0, n)
		l = l.from(n)
		if n > 0 {
			l.col, l.marked = 0, false
		}
		if i == from && alertLine.MatchString(l.s) {
			for k, c := range l.s {
				if strings.ContainsRune("[!]", c) {
					r.drop(l, k, k+1)
				}
			}
			continue
		}
		in = append(in, l)
	}
	r.blocks(in, depth.quote(), 0)
	if r.last.quotes++; r.last.kind == tableTail {
		r.last = tail{}
	}
	return i
}

// item reads a list item.
func (r *reader) item(lines []ln, i int, depth depths) int {
	l := lines[i]
	m := itemStart.FindStringSubmatchIndex(l.s)
	content := m[7]
	r.drop(l, 0, content)
	if m[5]-m[4] > 1 && !r.dry {
		r.alt[l.at+m[4]] = anyNumber
	}
	first := l.from(content) // its text: models set it off by any number of blanks
	first.marked = true
	if m[7]-m[5] > 4 || m[7] == len(l.s) {
		content = m[5] + 1
	}
	return r.inner(lines, i, first, l.col+content, l.col+min(content, m[3]+2), depth.item())
}

// note reads the definition of a footnote.
func (r *reader) note(lines []ln, i int, depth depths) int {
	l := lines[i]
	m := noteStart.FindStringSubmatchIndex(l.s)
	r.drop(l, m[4]-1, m[4]) // the ^
	if r.define {
		r.defs[fold("^"+l.s[m[4]:m[5]])] = true
	}
	first := l.from(m[1] + indent(l.from(m[1])))
	first.col = column(l) + 4
	return r.inner(lines, i, first, column(l)+4, column(l)+2, depth.item())
}

// inner reads what is in an item or a footnote: the rest of its first line, the lines that start at the column edge or
// right of it, those that continue its last paragraph, and a whole fence that it opened. Its text starts at col.
func (r *reader) inner(lines []ln, i int, first ln, col, edge int, depth depths) int {
	in := []ln{first}
	add := func(l ln) { in = append(in, l.from(min(indent(l), max(col-l.col, 0)))) }
	for i++; i < len(lines); {
		l := lines[i]
		if len(in) == 1 && blank(in[0]) && blank(l) {
			break
		}
		if !blank(l) && column(l) < edge && !l.lazy {
			end := r.tailOf(in, depth, edge)
			if math := end.mathTo(lines[i:]); math > 0 {
				for range math {
					add(lines[i])
					i++
				}
				continue
			}
			start := starts(l, 0) || openedFence(l) != "" ||
				itemStart.MatchString(l.s) && end.quotes == 0
			if !end.continuedBy(l) || start && end.kind != fenceTail {
				break
			}
		}
		add(l)
		i++
	}
	r.blocks(in, depth, edge)
	return i
}

// paragraph reads a paragraph, a heading with a line under it, a table or link definitions.
func (r *reader) paragraph(lines []ln, i, edge int) int {
	from, table := i, -1
	math := inMath(lines[i:], edge)
	kind := paragraphTail
	for i++; i < len(lines) && !blank(lines[i]); i++ {
		l := lines[i]
		if l.lazy || math[i-from] && table < 0 {
			continue
		}
		if table < 0 && column(l) >= edge && indent(l) < 4 && underLine.MatchString(l.s) {
			r.drop(l, 0, len(l.s))
			kind = noTail
			i++
			break
		}
		if table < 0 && strings.ContainsAny(l.s, "|:") && delimLine.MatchString(l.s) &&
			cells(l.s) == cells(lines[i-1].s) {
			table, kind = i, tableTail
			r.drop(l, 0, len(l.s))
		}
		if table >= 0 && indent(l) >= 4 && (edge == 0 || openedFence(l) == "") {
			continue // a row
		}
		if starts(l, edge) || table >= 0 && itemStart.MatchString(l.s) {
			break
		}
	}
	r.last = tail{kind: kind, lines: lines[from:i], edge: edge}
	if r.dry {
		return i
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
	s = strings.TrimSpace(strings.NewReplacer(`\\`, "x", `\|`, "x").Replace(s))
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
