package overlay

import (
	"path/filepath"
	"strings"

	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// View shows the list and a preview of the chosen file: at the right, or below, or not at all, by the size.
func (f *files) View(w, h int) Box {
	st := f.st
	bw, bh := clamp(112, w-4), clamp(max(14, h*4/5), h-2)
	inner := bw - 4
	listed, beside, below := inner, 0, 0
	if inner >= 90 {
		beside = inner*2/5 - 3
		listed = inner - beside - 3
	} else if bh >= 18 {
		below = min(6, bh/4)
	}
	rows := bh - 2 - filesRows - 1
	if below > 0 {
		rows -= below + 1
	}
	f.list.size(len(f.shown), rows)
	body := []string{st.Muted.Paint(tail(text.Line(f.folder.dir), inner)), f.input.view(st, inner), ""}
	left := f.listing(listed, rows+1)
	if beside > 0 {
		right := append([]string{widget.Section(st, beside, "", f.previewHead())}, f.previewLines(beside, rows)...)
		for i := range left {
			line := ""
			if i < len(right) {
				line = right[i]
			}
			left[i] += "   " + widget.Fit(line, beside)
		}
	}
	body = append(body, left...)
	if below > 0 {
		body = append(body, widget.Section(st, inner, "", f.previewHead()))
		body = append(body, f.previewLines(inner, below)...)
	}
	if f.err != "" {
		for len(body) < bh-3 {
			body = append(body, "")
		}
		body = append(body[:bh-3], st.Error.Paint(st.Glyphs.Failed+" ")+st.Text.Paint(text.Truncate(f.err, inner-2)))
	}
	status := st.Muted.Paint(widget.Count(int64(len(f.shown))))
	if f.folder.more {
		status = st.Warn.Paint("the first " + widget.Count(filesMost))
	}
	return Box{Title: text.Line(f.o.Title), Sub: st.Muted.Paint(f.o.Only), Status: status,
		Body: strings.Join(body, "\n"), W: bw, H: bh}
}

// listing draws the header and the files that are shown: h lines of w cells.
func (f *files) listing(w, h int) []string {
	st := f.st
	cols := []widget.Column{{Title: "name"}, {Title: "size", Width: 8, Right: true},
		{Title: "changed", Width: 10, Right: true}}
	if w < 48 {
		cols = cols[:2]
	}
	lines := []string{"  " + widget.Table(st, w-2, cols, nil, -1)[0]}
	from, to := f.list.visible()
	for i := from; i < to && len(lines) < h; i++ {
		lines = append(lines, f.line(i, w, cols))
	}
	if why := f.nothing(); why != "" {
		lines = append(lines, "  "+st.Muted.Paint(why))
	}
	for len(lines) < h {
		lines = append(lines, "")
	}
	for i := range lines {
		lines[i] = widget.Fit(lines[i], w)
	}
	return lines
}

// nothing is why the list is empty, "" if it is not or an answer is pending.
func (f *files) nothing() string {
	switch typed := f.input.value(); {
	case len(f.shown) > 0 || typed == "":
		return ""
	case isPath(typed):
		return f.path.err // "" while the disk is asked
	case f.request.pending():
		return ""
	}
	return "nothing here has these letters in this order"
}

func (f *files) line(i, w int, cols []widget.Column) string {
	st := f.st
	e := f.shown[i]
	ink, match, quiet := st.Text, st.Accent.Bold(), st.Muted
	switch {
	case !f.accepts(e):
		ink, match, quiet = st.Faint, st.Faint, st.Faint
	case e.dir:
		ink = st.Accent
	}
	if i == f.list.at {
		ink = ink.Bold()
	}
	avail := w - 2
	for _, c := range cols[1:] {
		avail -= c.Width + 2
	}
	name, marks := clean(e.name, f.marks[i])
	title := highlight(name, marks, ink, match, avail)
	if e.dir && e.name != ".." {
		title = cut(title+quiet.Paint("/"), avail)
	}
	if left := avail - widget.Width(title) - 2; (e.recent || f.path.file != nil && i == 0) && left > 5 {
		title += "  " + quiet.Paint(tail(text.Line(filepath.Dir(e.path)), left))
	}
	size, changed := "", ""
	if !e.dir {
		size = widget.Bytes(e.size).String()
	}
	if !e.changed.IsZero() {
		changed = widget.Ago(e.changed, f.folder.read)
	}
	line := "  " + widget.Rows(st, w-2, cols, [][]string{{title, quiet.Paint(size), quiet.Paint(changed)}}, -1)[0]
	if i == f.list.at {
		return st.On(style.Sel, line)
	}
	return line
}

// clean filters a file's name. If that changes it, the marks are dropped: they are indexes of bytes of the name.
func clean(name string, marks []int) (string, []int) {
	drawn := text.Line(name)
	if drawn != name {
		return drawn, nil
	}
	return drawn, marks
}

func (f *files) previewHead() string {
	if f.preview.path == "" {
		return ""
	}
	return f.st.Faint.Paint("how it begins")
}

func (f *files) previewLines(w, h int) []string {
	if f.preview.note != "" {
		return []string{f.st.Faint.Paint(f.preview.note)}
	}
	lines := make([]string, 0, h)
	for _, line := range f.preview.lines[:min(len(f.preview.lines), h)] {
		lines = append(lines, f.st.Muted.Paint(text.Truncate(line, w)))
	}
	return lines
}

// tail keeps the end of a path.
func tail(path string, w int) string { return strings.TrimRight(widget.FitEnd(path, w), " ") }
