package inspect

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// piece is text in one ink.
type piece struct {
	s   string
	ink style.Ink
}

// flow breaks pieces into lines of at most w cells, wherever it must: JSON has few blanks. Lines after the first are
// indented by indent cells.
func flow(pieces []piece, w, indent int) []string {
	w = max(w, 4)
	if indent > w/2 {
		indent = 0
	}
	out := make([]string, 0, 1)
	var b strings.Builder
	b.Grow(256)
	left := w
	for _, p := range pieces {
		for s := p.s; s != ""; {
			head := cut(s, left)
			if head == "" {
				if left == w-indent || left == w { // a letter wider than the line
					_, n := utf8.DecodeRuneInString(s)
					s = s[n:]
					continue
				}
				out = append(out, b.String())
				b.Reset()
				b.WriteString(widget.Blank(indent))
				left = w - indent
				continue
			}
			b.WriteString(p.ink.Paint(head))
			left -= text.Width(head)
			s = s[len(head):]
		}
	}
	return append(out, b.String())
}

// cut is the longest prefix of s that fits w cells.
func cut(s string, w int) string {
	if w <= 0 {
		return ""
	}
	if len(s) <= w {
		return s
	}
	plain := true
	for i := 0; i < w; i++ {
		if s[i] >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	if plain && s[w] < utf8.RuneSelf {
		return s[:w]
	}
	head := ansi.Truncate(s[:min(len(s), 16*w+64)], w, "")
	if !strings.HasPrefix(s, head) {
		return ""
	}
	return head
}

// jsonLines lays JSON out, one value a line, in colours. It need be neither valid nor whole: a body that was cut is
// laid out to its end.
func jsonLines(st *style.Styles, src string, w int) []string {
	var out []string
	line := make([]piece, 1, 16) // the first piece is the indentation
	depth := 0
	end := func() {
		if len(line) > 1 {
			in := 2 * min(depth, 20)
			line[0] = piece{widget.Blank(in), style.Ink{}}
			out = append(out, flow(line, w, in+2)...)
			line = line[:1]
		}
	}
	toks := tokens(st, src)
	for i, t := range toks {
		switch t.s {
		case "{", "[":
			line = append(line, t)
			if i+1 < len(toks) && closes(toks[i+1].s) {
				continue
			}
			end()
			depth++
		case "}", "]":
			if i > 0 && (toks[i-1].s == "{" || toks[i-1].s == "[") {
				line = append(line, t)
				continue
			}
			end()
			depth = max(depth-1, 0)
			line = append(line, t)
		case ",":
			line = append(line, t)
			end()
		case ":":
			line = append(line, piece{": ", t.ink})
		default:
			line = append(line, t)
		}
	}
	end()
	return out
}

func closes(s string) bool { return s == "}" || s == "]" }

// tokens splits JSON into tokens. Text that is not JSON comes through as it is.
func tokens(st *style.Styles, src string) []piece {
	out := make([]piece, 0, len(src)/6+8)
	for i := 0; i < len(src); {
		c := src[i]
		switch {
		case c == ' ' || c == '\n':
			i++
		case strings.IndexByte("{}[],:", c) >= 0:
			out = append(out, piece{src[i : i+1], st.Muted})
			i++
		case c == '"':
			n := stringEnd(src[i:])
			ink := st.Text
			if k := i + n; k < len(src) && strings.HasPrefix(strings.TrimLeft(src[k:min(k+8, len(src))], " \n"), ":") {
				ink = st.Func
			}
			out = append(out, piece{src[i : i+n], ink})
			i += n
		default:
			n := strings.IndexAny(src[i:], " \n{}[],:\"")
			if n <= 0 {
				n = len(src) - i
			}
			out = append(out, piece{src[i : i+n], st.Number})
			i += n
		}
	}
	return out
}

// stringEnd is the length of the JSON string that s begins with, or of all of it.
func stringEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			if i+1 < len(s) && s[i+1] != '\n' {
				i++
			}
		case '\n': // a JSON string holds no newline: this one is broken
			return i
		case '"':
			return i + 1
		}
	}
	return len(s)
}

// bodyLines lays out a body as JSON, events or text. A body comes from outside, so it is filtered first.
func bodyLines(st *style.Styles, body []byte, w int) []string {
	src := text.Clean(string(body))
	if s := strings.TrimLeft(src, " \n"); strings.HasPrefix(s, "{") || strings.HasPrefix(s, "[") {
		return jsonLines(st, s, w)
	}
	streamed, list := strings.Contains(src, "data:"), events{st: st}
	var out []string
	for l := range strings.SplitSeq(strings.TrimRight(src, "\n"), "\n") {
		name, value, ok := strings.Cut(l, ":")
		switch {
		case l == "" && streamed:
		case ok && name == "data":
			value = strings.TrimPrefix(value, " ")
			out = append(out, flow(append([]piece{{"data: ", st.Faint}}, list.data(value)...), w, 6)...)
		case ok && (name == "event" || name == "id" || name == "retry" || name == ""):
			out = append(out, flow([]piece{{name + ":", st.Faint}, {value, st.Accent}}, w, 6)...)
		default:
			out = append(out, flow([]piece{{l, st.Text}}, w, 0)...)
		}
	}
	return out
}
