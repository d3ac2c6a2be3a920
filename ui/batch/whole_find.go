package batch

import (
	"fmt"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"relaytop/state/find"
	"relaytop/ui/overlay"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// findLabel is what stands before the words that are searched for.
const findLabel = "find  "

// sought is what is searched for in the text of a row, and where it was found.
type sought struct {
	line  *overlay.Line // while it is typed; nil: it is not
	row   int           // body line on which it is typed
	typed string
	query find.Query
	hits  []int // lines with a hit
	at    int   // the current one of them
	made  made  // what the hits were found in
}

// on reports whether something is searched for.
func (f *sought) on() bool { return f.typed != "" }

// startFind begins to type what is searched for.
func (d *wholeRow) startFind() {
	d.scroll.find.line = overlay.NewLine(d.scroll.find.typed, "words in what is shown")
}

// typeFind handles a message while the words are typed: each letter searches.
func (d *wholeRow) typeFind(msg tea.Msg) tea.Cmd {
	f := &d.scroll.find
	if k, ok := msg.(tea.KeyPressMsg); ok {
		switch k.String() {
		case "enter":
			f.line = nil
			return nil
		case "esc", "ctrl+c":
			*f = sought{}
			return nil
		}
	}
	changed, cmd := f.line.Update(msg)
	if changed {
		f.typed = f.line.Value()
		f.query = find.Parse(f.typed)
		f.made = made{}
		d.scroll.search()
		d.scroll.showHit()
	}
	return cmd
}

// search finds the lines with a hit, unless they are known. The first one that is not above the window is current.
func (s *scroll) search() {
	f := &s.find
	if !f.on() || f.made == s.made {
		return
	}
	f.made, f.hits, f.at = s.made, nil, 0
	for i, l := range s.lines {
		if len(f.query.Marks(ansi.Strip(l))) > 0 {
			if i < s.top {
				f.at = len(f.hits) + 1
			}
			f.hits = append(f.hits, i)
		}
	}
	if f.at >= len(f.hits) {
		f.at = 0
	}
}

// showHit scrolls so that the current hit is seen, with some lines above it.
func (s *scroll) showHit() {
	f := &s.find
	if len(f.hits) == 0 {
		return
	}
	if at := f.hits[f.at]; at < s.top || at >= s.top+s.h {
		s.top = at - s.h/3
		s.by(0)
	}
}

// nextHit goes to another hit, around the end.
func (s *scroll) nextHit(by int) {
	if f := &s.find; len(f.hits) > 0 {
		f.at = (f.at + by + len(f.hits)) % len(f.hits)
		s.showHit()
	}
}

// mark paints the hits in a line of the text, and the ground of the current one.
func (s *scroll) mark(st *style.Styles, i int, line string, w int) string {
	f := &s.find
	if !f.on() {
		return line
	}
	var marks [][2]int
	for _, m := range f.query.Marks(ansi.Strip(line)) {
		marks = append(marks, [2]int{m.From, m.To})
	}
	line = widget.Highlight(st, line, marks, w)
	if len(f.hits) > 0 && f.hits[f.at] == i {
		line = st.On(style.Sel, widget.Fit(line, w))
	}
	return line
}

// findHead is the line above the text while something is searched for.
func (d *wholeRow) findHead(w int) string {
	st, f := d.env.Styles, &d.scroll.find
	right := st.Warn.Paint("not found")
	switch {
	case !f.on():
		right = ""
	case len(f.hits) > 0:
		right = st.Text.Paint(fmt.Sprint(f.at+1)) + st.Muted.Paint(" of "+widget.Count(int64(len(f.hits)))+" "+
			text.Plural(len(f.hits), "line"))
	}
	if f.line != nil {
		room := max(w-len(findLabel)-widget.Width(right)-2, 4)
		return widget.Spread(st.Faint.Paint(findLabel)+f.line.View(st, room), right, w)
	}
	return widget.Section(st, w, "find "+text.Truncate(text.Line(f.typed), w/2), right)
}
