package inspect

import (
	"strings"

	"relaytop/ui/style"
)

// events lays out the data of a stream's events. The chunks of an answer differ by a word, so a member that is the
// same as in the event before is left out and … stands for it. The first event is whole, and so is what is copied.
type events struct {
	st   *style.Styles
	last map[string]string // the members of the event before, by name
}

func (e *events) data(value string) []piece {
	toks := tokens(e.st, value)
	members, ok := membersOf(toks)
	if !ok {
		e.last = nil
		return toks
	}
	now := make(map[string]string, len(members))
	out := []piece{toks[0]}
	left := false
	for _, m := range members {
		var b strings.Builder
		for _, t := range m {
			b.WriteString(t.s)
		}
		name, whole := m[0].s, b.String()
		now[name] = whole
		if was, ok := e.last[name]; ok && was == whole {
			left = true
			continue
		}
		if len(out) > 1 {
			out = append(out, piece{",", e.st.Muted})
		}
		out = append(out, m...)
	}
	if left {
		if len(out) > 1 {
			out = append(out, piece{", ", e.st.Muted})
		}
		out = append(out, piece{e.st.Glyphs.Ellipsis, e.st.Faint})
	}
	e.last = now
	return append(out, toks[len(toks)-1])
}

// membersOf splits the tokens of one whole object into its members, name first.
func membersOf(toks []piece) (members [][]piece, ok bool) {
	if len(toks) < 2 || toks[0].s != "{" || toks[len(toks)-1].s != "}" {
		return nil, false
	}
	depth, from := 0, 1
	for i, t := range toks {
		switch t.s {
		case "{", "[":
			depth++
		case "}", "]":
			depth--
		}
		if depth == 1 && t.s == "," || depth == 0 {
			if m := toks[from:i]; len(m) > 0 {
				if m[0].s == "" || m[0].s[0] != '"' {
					return nil, false
				}
				members = append(members, m)
			}
			if from = i + 1; depth == 0 {
				return members, i == len(toks)-1
			}
		}
	}
	return nil, false
}
