package markdown

import (
	"slices"

	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// A piece of an open fence ends after this many lines, or bytes: so much is read again for each new line.
const (
	pieceLines = 32
	pieceBytes = 4 << 10
)

// openFence is how far an open fence is drawn. Its code is read in pieces, from the begin of the piece, so that a new line costs at most
// one piece however long the code is; the line that has not ended is plain. When the fence closes the block is read as a whole, once. What
// is drawn depends on the lines alone, not on how they came.
type openFence struct {
	st    *style.Styles
	inked [][]run // the lines of finished pieces
	from  int     // first line of the open piece
	bytes int     // of the open piece
	seen  int     // lines that are counted
	open  [][]run // the lines of the open piece

	cut   int            // of the drawn lines, the head and those of finished pieces
	drawn int            // how many lines of code that is
	piece [][]widget.Row // drawn: the lines of the open piece, or the first of them
}

// reset forgets what is drawn; another look also what is read.
func (f *openFence) reset(st *style.Styles) {
	if st != f.st {
		*f = openFence{st: st}
	}
	f.cut, f.drawn, f.piece = 0, 0, nil
}

// render brings the lines of the fence, as they were drawn last, up to date.
func (f *openFence) render(t *Text, p painter, b *block) []widget.Row {
	at := p.shallow(b)
	if f.cut == 0 {
		t.tail = p.codeHead(at, t.split.before(len(t.split.done)))
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
	if t.rest != "" && !t.split.closes(t.rest) {
		rest := p.codeLine(at, len(b.code), []run{{text: t.split.inFence(t.rest), ink: t.st.Text}})
		if t.split.torn {
			rest[0].Join = text.Torn
		}
		out = append(out, rest...)
	}
	return out
}

// read takes in the lines that are new. Of the lines of the open piece that were drawn those stay that read as before.
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
