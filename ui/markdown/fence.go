package markdown

import (
	"slices"
	"strings"

	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// A piece of an open fence ends after this many lines or bytes. Each new line makes the lexer read one piece again.
const (
	pieceLines = 32
	pieceBytes = 4 << 10
)

// openFence is the drawn part of a fence that is still open. The lexer reads its code in pieces, so that a new line
// costs at most one piece, however long the code is. The line that has not ended is plain. When the fence closes, the
// lexer reads the whole block once. The result depends on the lines alone, not on how they arrived.
type openFence struct {
	st    *style.Styles
	inked [][]run // the lines of finished pieces
	from  int     // the first line of the open piece
	bytes int     // in the open piece
	seen  int     // lines that the lexer has read
	open  [][]run // the lines of the open piece

	cut   int            // drawn lines of the head and of finished pieces
	drawn int            // lines of code in those
	piece [][]widget.Row // the drawn open piece, or its first lines
}

// reset drops the drawn lines and, if the style changes, the results of the lexer.
func (f *openFence) reset(st *style.Styles) {
	if st != f.st {
		*f = openFence{st: st}
	}
	f.cut, f.drawn, f.piece = 0, 0, nil
}

// render updates the drawn lines of the fence.
func (f *openFence) render(t *Text, p painter, b *block) []widget.Row {
	at := p.shallow(b)
	if f.cut == 0 {
		t.tail = append(p.above(b, t.split.before(len(t.split.done))), p.codeHead(at))
		f.cut = len(t.tail)
	}
	f.read(p, b)
	out := t.tail[:f.cut]
	for ; f.drawn < len(f.inked); f.drawn++ {
		out = append(out, p.codeLine(at, f.drawn, f.inked[f.drawn])...)
	}
	f.cut = len(out)
	for i, runs := range f.open {
		if i == len(f.piece) {
			f.piece = append(f.piece, p.codeLine(at, f.drawn+i, runs))
		}
		out = append(out, f.piece[i]...)
	}
	if rest, ok := t.split.openLine(t.rest); ok {
		lines := p.codeLine(at, len(b.code), []run{{text: rest, ink: t.st.Text}})
		if t.split.torn {
			lines[0].Join = text.MidWord
		}
		out = append(out, lines...)
	}
	return out
}

// openLine returns the code of a line that has not ended. It returns false if the line shows nothing yet.
func (s *splitter) openLine(l string) (string, bool) {
	if l == "" || s.torn {
		return l, l != ""
	}
	body, ok := s.inFence(l)
	if !ok || s.fence.closedBy(body) {
		return "", false
	}
	return stripIndent(body, s.fence.col), true
}

// holds reports whether the line that has not ended may be in the open fence.
func (s *splitter) holds(l string) bool {
	_, ok := s.inFence(l)
	return ok || s.torn || strings.Trim(l, " ") == ""
}

// read passes new lines to the lexer. Drawn lines of the open piece are kept if their runs are the same.
func (f *openFence) read(p painter, b *block) {
	if f.seen == len(b.code) {
		return
	}
	for ; f.seen < len(b.code); f.seen++ {
		f.bytes += len(b.code[f.seen]) + 1
		if n := f.seen + 1; n-f.from >= pieceLines || f.bytes >= pieceBytes {
			f.inked = append(f.inked, p.kit.highlight(p.st, b.lang, b.code[f.from:n])...)
			f.from, f.bytes = n, 0
			f.open, f.piece = nil, nil
		}
	}
	was := f.open
	f.open = p.kit.highlight(p.st, b.lang, b.code[f.from:])
	same := 0
	for same < min(len(was), len(f.open)) && slices.Equal(was[same], f.open[same]) {
		same++
	}
	f.piece = f.piece[:min(same, len(f.piece))]
}
