package overlay

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// Turn is one question with its answer.
type Turn struct{ Title, Size string }

// TurnsOptions describe the dialog that chooses the first turn to be sent.
type TurnsOptions struct {
	Turns []Turn
	At    int // index of the first turn that is sent now
	// Note is a line about what is sent if turn at is the first.
	Note func(at int) string
	Done func(at int) tea.Cmd
}

type turns struct {
	styled
	o    TurnsOptions
	list list
	rows int
}

// Turns asks from which turn on a chat is sent. The turns above the chosen one are marked as left out.
func Turns(o TurnsOptions) Dialog {
	clean := make([]Turn, len(o.Turns))
	for i, t := range o.Turns {
		clean[i] = Turn{Title: text.Line(t.Title), Size: text.Line(t.Size)}
	}
	o.Turns = clean
	d := &turns{o: o, rows: 3}
	d.list.size(len(clean), 10)
	d.list.move(o.At)
	return d
}

func (d *turns) Update(msg tea.Msg) (bool, tea.Cmd) {
	switch pressed(msg) {
	case "esc", "q", "ctrl+c":
		return true, nil
	case "enter":
		return true, d.o.Done(d.list.at)
	case "0":
		return true, d.o.Done(0)
	}
	if i := d.list.click(msg, d.rows); i >= 0 {
		d.list.move(i - d.list.at)
		return false, nil
	}
	d.list.update(msg, true)
	return false, nil
}

func (d *turns) View(w, h int) Box {
	st := d.st
	bw, bh := clamp(76, w), clamp(len(d.o.Turns)+8, min(h, max(h*2/3, 12)))
	inner := bw - 4
	d.list.size(len(d.o.Turns), bh-7)
	note := text.Truncate("sent from the chosen turn on; what is above it stays in the chat", inner)
	body := []string{"", st.Muted.Paint(note), ""}
	from, to := d.list.visible()
	for i := from; i < to; i++ {
		body = append(body, d.row(i, inner))
	}
	body = append(body, widget.Section(st, inner, "", ""),
		st.Text.Paint(text.Truncate(text.Line(d.o.Note(d.list.at)), inner)))
	return Box{Title: "leave out the oldest turns", Status: position(&d.styled, from, to, len(d.o.Turns)),
		Body: strings.Join(body, "\n"), W: bw, H: bh}
}

func (d *turns) row(i, w int) string {
	st := d.st
	t := &d.o.Turns[i]
	mark, ink := "  ", st.Text
	switch {
	case i < d.list.at:
		mark, ink = st.Faint.Paint(st.Glyphs.Times)+" ", st.Faint
	case i == d.list.at:
		ink = ink.Bold()
	}
	number := st.Faint.Paint(widget.FitRight(strconv.Itoa(i+1), 3)) + "  "
	line := mark + number + widget.Spread(ink.Paint(text.Truncate(t.Title, max(w-20, 1))), st.Muted.Paint(t.Size), w-7)
	if i == d.list.at {
		return st.On(style.Sel, line)
	}
	return line
}

func (d *turns) Hints() []widget.Hint {
	return []widget.Hint{{Key: "enter", Does: "send from here on"}, {Key: "up/down", Does: "choose"},
		{Key: "0", Does: "send everything"}, {Key: "esc", Does: "close"}}
}

func (d *turns) Cursor() *tea.Cursor { return nil }
