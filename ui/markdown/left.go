package markdown

import (
	"slices"
	"strings"

	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// fits reports whether the marker fits to the left of the text of its block. If not, it is drawn above it.
func (m *marker) fits() bool { return m.at >= 0 && m.at+m.width > 0 && text.Width(m.text) < m.width }

// left draws the cells to the left of a line of a block: the bars of quotes and, beside the first line, the marker.
func (p painter) left(b *block, first bool) string {
	var out strings.Builder
	at := 0
	mark := func() {}
	if m := b.marker; first && m.text != "" && m.fits() {
		mark = func() {
			s, ink := p.marker(b)
			begin := m.at + m.width - 1 - text.Width(s)
			out.WriteString(widget.Blank(begin-at) + ink.Paint(s))
			at, mark = m.at+m.width-1, func() {}
		}
	}
	for _, bar := range b.bars {
		if bar.at >= b.marker.at+b.marker.width {
			mark()
		}
		out.WriteString(widget.Blank(bar.at-at) + p.bar(bar))
		at = bar.at + 1
	}
	mark()
	return out.String() + widget.Blank(b.indent-at)
}

// bars draws the line between two blocks: the bars of the quotes that they share.
func (p painter) bars(prev, b *block) string {
	var out strings.Builder
	at := 0
	less := max(b.indent-p.width/2, 0)
	for i, bar := range b.bars {
		if i >= len(prev.bars) || prev.bars[i] != bar {
			break
		}
		if bar.at >= less {
			out.WriteString(widget.Blank(bar.at-less-at) + p.bar(bar))
			at = bar.at - less + 1
		}
	}
	return out.String() + widget.Blank(p.width-at)
}

func (p painter) bar(b *bar) string {
	ink := p.st.Border
	if b.alert != "" {
		ink = p.alert(b)
	}
	return ink.Paint(p.st.Glyphs.Border.Left)
}

// alert is the ink of an alert.
func (p painter) alert(b *bar) style.Ink {
	switch b.alert {
	case "TIP":
		return p.st.OK
	case "WARNING", "IMPORTANT":
		return p.st.Warn
	case "CAUTION":
		return p.st.Error
	}
	return p.st.Accent
}

// marker returns the drawn marker of a block, and its ink.
func (p painter) marker(b *block) (string, style.Ink) {
	switch {
	case b.task == 'x':
		return p.st.Glyphs.OK, p.st.OK
	case b.task != 0:
		return p.st.Glyphs.Waiting, p.st.Accent
	case b.marker.text == "-":
		return p.st.Glyphs.Bullet, p.st.Accent
	}
	return b.marker.text, p.st.Accent
}

// above returns the lines before the first one of a block: a blank one, and its marker if that does not fit beside it.
func (p painter) above(b, prev *block) []widget.Row {
	var out []widget.Row
	if gapBetween(prev, b) {
		out = append(out, widget.Row{Line: p.bars(prev, b)})
	}
	c := p.shallow(b)
	if c.marker.text == "" || c.marker.fits() {
		return out
	}
	s, ink := p.marker(c)
	at := *c
	at.indent, at.bars = max(c.marker.at, 0), slices.Clone(c.bars)
	at.bars = slices.DeleteFunc(at.bars, func(b *bar) bool { return b.at+2 > at.indent })
	for _, r := range wrapRuns([]run{{text: s, ink: ink}}, max(p.width-at.indent, 1)) {
		out = append(out, p.beside(&at, false, r))
	}
	return out
}

// beside puts a line to the right of the bars and the marker of its block, and pads it.
func (p painter) beside(b *block, first bool, r widget.Row) widget.Row {
	if r.From > 0 || r.Join != text.Apart {
		r.From += b.indent
	} else if n := len(b.bars); n > 0 { // a bar is not text
		r.From = b.bars[n-1].at + 2
	}
	r.Line = p.left(b, first) + r.Line
	have := widget.Width(r.Line)
	if r.To += b.indent; r.To == b.indent { // not known: the whole line
		r.To = min(have, p.width)
	}
	if have > p.width {
		r.Line = widget.Fit(r.Line, p.width)
	} else {
		r.Line += widget.Blank(p.width - have)
	}
	return r
}
