package widget

import (
	"strings"

	"relaytop/ui/style"
)

// Box draws body in a rounded border of w x h cells, with a blank column on each side. At the left end of the top are
// title, a filled chip if focused, and sub; at the right end is status. Sub and status are painted, title is plain.
// Where they do not all fit, sub is cut, and a status that does not fit beside the title is left out.
func Box(st *style.Styles, w, h int, title, sub, status string, focused bool, body string) string {
	if w < 4 || h < 2 {
		return Lines(nil, w, h)
	}
	g, ink := &st.Glyphs, st.Border
	if focused {
		ink = st.BorderFocus
	}
	var b strings.Builder
	b.WriteString(boxTop(st, ink, w, title, sub, status, focused))
	edge := ink.Paint(g.Border.Left)
	lines := strings.Split(body, "\n")
	for i := range h - 2 {
		b.WriteByte('\n')
		b.WriteString(edge)
		if i < len(lines) {
			b.WriteString(Margin(st, Fit(lines[i], w-4)))
		} else {
			b.WriteString(Blank(w - 2))
		}
		b.WriteString(edge)
	}
	b.WriteByte('\n')
	b.WriteString(ink.Paint(g.Border.BottomLeft + strings.Repeat(g.Border.Top, w-2) + g.Border.BottomRight))
	return b.String()
}

// boxTop is the border's first line: a corner, one cell of rule, title, sub, rule, status, one cell of rule, a
// corner.
func boxTop(st *style.Styles, ink style.Ink, w int, title, sub, status string, focused bool) string {
	g := &st.Glyphs
	avail := w - 4
	head := ""
	if title != "" && avail >= 3 {
		if focused {
			head = Chip(st, fit(title, min(Width(title), avail-2), g.Ellipsis))
		} else {
			head = " " + st.Text.Bold().Paint(fit(title, min(Width(title), avail-2), g.Ellipsis)) + " "
		}
	}
	avail -= Width(head)
	if status != "" {
		if Width(status)+2 > avail {
			status = ""
		} else {
			status = " " + status + " "
			avail -= Width(status)
		}
	}
	if sub != "" && avail >= 4 {
		sub = " " + fit(sub, min(Width(sub), avail-2), g.Ellipsis) + " "
		avail -= Width(sub)
	} else {
		sub = ""
	}
	return ink.Paint(g.Border.TopLeft+g.Border.Top) + head + sub +
		ink.Paint(strings.Repeat(g.Border.Top, max(avail, 0))) + status + ink.Paint(g.Border.Top+g.Border.TopRight)
}

// Panel is a focused Box on the panel ground. Dialogs are drawn in it.
func Panel(st *style.Styles, w, h int, title, sub, status, body string) string {
	lines := strings.Split(Box(st, w, h, title, sub, status, true, body), "\n")
	for i := range lines {
		lines[i] = st.On(style.Panel, lines[i])
	}
	return strings.Join(lines, "\n")
}

// Section is the heading of a part of a pane: the title in bold, a rule, and right at the right edge. title is plain,
// right is painted.
func Section(st *style.Styles, w int, title, right string) string {
	return SectionIn(st, st.Text.Bold(), w, title, right)
}

// SectionIn is Section with the title in another ink.
func SectionIn(st *style.Styles, ink style.Ink, w int, title, right string) string {
	if w <= 0 {
		return ""
	}
	tw, rw := Width(title), Width(right)
	if rw+1 > w {
		return Fit(right, w)
	}
	gap := 0
	if right != "" {
		gap = 1
	}
	head := ""
	if tw = min(tw, max(w-rw-gap-1, 0)); tw > 0 {
		head = ink.Paint(fit(title, tw, st.Glyphs.Ellipsis)) + " "
		tw++
	}
	rule := w - tw - gap - rw
	out := head + st.Grid.Paint(strings.Repeat(st.Glyphs.Rule, max(rule, 0)))
	if right != "" {
		out += " " + right
	}
	return out
}
