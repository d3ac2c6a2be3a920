package overlay

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// Choice is one line of a picker.
type Choice struct {
	Title string
	Cells []string    // the other columns, plain
	Inks  []style.Ink // of the cells; nil: they are muted
	Below []string    // facts of a second line; those for which there is no room are left out
	Why   string      // why it can't be chosen, "" if it can
	Run   tea.Cmd
}

// PickerOptions describe a picker.
type PickerOptions struct {
	Title       string
	Placeholder string          // shown while nothing is typed
	Columns     []widget.Column // the columns after the title
	Choices     []Choice
	Current     int    // index of the choice that the list starts on
	Width       int    // in cells; 0 is 72
	Empty       string // shown if there are no choices
	// Preview applies the choice that the list is on; Cancel undoes that if the picker is closed. Both may be nil.
	Preview func(i int) tea.Cmd
	Cancel  tea.Cmd
	// Keys are additional keys that act on the choice that the list is on: ctrl and alt keys, since letters are typed.
	Keys []PickerKey
	// Marked returns the mark before a choice, "" for no mark: the one in use, or one of several that are chosen. Nil:
	// no choice has a mark.
	Marked func(i int) string
	// Unready returns why enter can't take a choice yet, and the picker stays open; "" if it can. Nil: it always can.
	Unready func(i int) string
	// Alternative opens something else with what was typed. No Key: there is no alternative.
	Alternative PickerAlternative
	// Fill computes the cells of all choices once the picker is open, off the program's goroutine. It returns nil if it
	// fails. Nil: the cells are known.
	Fill func() [][]string
	// Typed takes what was typed, on alt+enter, or on enter if there are no choices. Nil: only choices can be taken.
	Typed func(query string) tea.Cmd
}

// PickerAlternative is the key that closes a picker and opens something else with what was typed.
type PickerAlternative struct {
	Key, Does string
	Do        func(typed string) tea.Cmd
}

// cellsMsg brings the cells of a picker.
type cellsMsg struct {
	to    *picker
	cells [][]string
}

// PickerKey is an additional key of a picker. done closes the picker.
type PickerKey struct {
	Key, Does string
	Do        func(i int) (done bool, cmd tea.Cmd)
}

// twoLineHeight is the height of the screen, in lines, from which a choice may have two lines.
const twoLineHeight = 20

type picker struct {
	styled
	o         PickerOptions
	input     input
	hits      []hit
	list      list
	previewed int    // index of the choice that was previewed last
	rows      int    // body line of the first choice
	unready   string // why enter did nothing
}

// Picker is a fuzzy list: models, chats, runs, themes.
func Picker(o PickerOptions) Dialog {
	choices := make([]Choice, len(o.Choices))
	for i, c := range o.Choices {
		c.Title, c.Why = text.Line(c.Title), text.Line(c.Why)
		cells := make([]string, len(c.Cells))
		for k := range c.Cells {
			cells[k] = text.Line(c.Cells[k])
		}
		c.Cells = cells
		choices[i] = c
	}
	o.Choices, o.Title = choices, text.Line(o.Title)
	if o.Width == 0 {
		o.Width = 72
	}
	p := &picker{o: o, input: newInput("", o.Placeholder), previewed: o.Current}
	p.search()
	p.list.h = 10
	p.list.move(o.Current)
	return p
}

func (p *picker) start() tea.Cmd {
	fill := p.o.Fill
	if fill == nil {
		return nil
	}
	return func() tea.Msg { return cellsMsg{to: p, cells: fill()} }
}

// filled sets the cells that Fill computed. The list stays where it is.
func (p *picker) filled(cells [][]string) {
	for i := range min(len(cells), len(p.o.Choices)) {
		for k := range cells[i] {
			cells[i][k] = text.Line(cells[i][k])
		}
		p.o.Choices[i].Cells = cells[i]
	}
}

// typed takes what was typed instead of a choice.
func (p *picker) typed() (bool, tea.Cmd) {
	query := strings.TrimSpace(p.input.value())
	if p.o.Typed == nil || query == "" {
		return false, nil
	}
	return true, p.o.Typed(query)
}

func (p *picker) search() {
	p.hits = search(p.input.value(), len(p.o.Choices), func(i int) string { return p.o.Choices[i].Title },
		func(i int) string { return p.o.Choices[i].Title + " " + strings.Join(p.o.Choices[i].Cells, " ") })
	p.list.at, p.list.top = 0, 0
	p.list.size(len(p.hits), p.list.h)
}

func (p *picker) chosen() (int, bool) {
	if p.list.at < len(p.hits) {
		return p.hits[p.list.at].index, true
	}
	return 0, false
}

func (p *picker) Update(msg tea.Msg) (bool, tea.Cmd) {
	if m, ok := msg.(cellsMsg); ok {
		if m.to == p {
			p.filled(m.cells)
		}
		return false, nil
	}
	k := pressed(msg)
	if _, click := msg.(tea.MouseClickMsg); k != "" || click {
		p.unready = ""
	}
	switch k {
	case "alt+enter":
		return p.typed()
	case "esc", "ctrl+c":
		return true, p.o.Cancel
	case "enter":
		return p.run()
	case "home", "end":
	default:
		if k != "" && k == p.o.Alternative.Key {
			return true, p.o.Alternative.Do(p.input.value())
		}
		if i, ok := p.chosen(); ok {
			for _, other := range p.o.Keys {
				if other.Key == k {
					return other.Do(i)
				}
			}
		}
		if p.list.update(msg, false) {
			return false, p.preview()
		}
	}
	if i := p.list.click(msg, p.rows); i >= 0 {
		if i == p.list.at {
			return p.run()
		}
		p.list.move(i - p.list.at)
		return false, p.preview()
	}
	changed, cmd := p.input.update(msg)
	if changed {
		p.search()
		cmd = tea.Batch(cmd, p.preview())
	}
	return false, cmd
}

func (p *picker) run() (bool, tea.Cmd) {
	i, ok := p.chosen()
	switch {
	case !ok && len(p.o.Choices) == 0:
		return p.typed()
	case !ok: // it may be a mistake: alt+enter takes what is not listed
		return false, nil
	case p.o.Choices[i].Why != "":
		return false, nil
	case p.o.Unready != nil:
		if p.unready = text.Line(p.o.Unready(i)); p.unready != "" {
			return false, nil
		}
	}
	return true, p.o.Choices[i].Run
}

func (p *picker) preview() tea.Cmd {
	i, ok := p.chosen()
	if !ok || i == p.previewed || p.o.Preview == nil {
		return nil
	}
	p.previewed = i
	return p.o.Preview(i)
}

func (p *picker) View(w, h int) Box {
	st := p.st
	bw := clamp(p.o.Width, w)
	inner := bw - 4
	p.list.each = 1
	for i := range p.o.Choices {
		if len(p.o.Choices[i].Below) > 0 && h >= twoLineHeight {
			p.list.each = 2
		}
	}
	most := max(h*2/3, 12)
	if p.list.each > 1 {
		most = h - 4
	}
	bh := clamp(max(len(p.o.Choices)*p.list.each, 3)+7, min(h, most))
	body := []string{"", p.input.view(st, inner), ""}
	columns := p.columns(inner - 2)
	cols := append([]widget.Column{{Title: "", Width: 0}}, columns...)
	head := widget.Table(st, inner-2, cols, nil, -1)[0]
	body = append(body, "  "+head)
	p.rows = len(body)
	p.list.size(len(p.hits), (bh-2-p.rows-1)/p.list.each)
	avail := inner - 2
	for _, c := range columns {
		avail -= c.Width + 2
	}
	from, to := p.list.visible()
	for i := from; i < to; i++ {
		body = append(body, p.row(i, cols, inner, avail))
		if p.list.each > 1 {
			body = append(body, p.below(i, inner))
		}
	}
	if len(p.hits) == 0 {
		why := p.o.Empty
		if why == "" || p.input.value() != "" {
			why = "nothing has these letters in this order"
			if p.o.Alternative.Key != "" {
				why += ", " + p.o.Alternative.Key + " " + p.o.Alternative.Does
			}
		}
		if query := strings.TrimSpace(p.input.value()); p.o.Typed != nil && query != "" {
			key := "alt+enter"
			if len(p.o.Choices) == 0 {
				key = "enter"
			}
			why = "nothing has these letters; " + key + " takes it as it is typed: " + query
		}
		body = append(body, "  "+st.Muted.Paint(text.Truncate(text.Line(why), inner-2)))
	}
	status := st.Muted.Paint(fmt.Sprintf("%d of %d", len(p.hits), len(p.o.Choices)))
	if p.unready != "" {
		status = st.Warn.Paint(p.unready)
	}
	return Box{Title: p.o.Title, Status: status, Body: strings.Join(body, "\n"), W: bw, H: bh}
}

func (p *picker) row(i int, cols []widget.Column, w, avail int) string {
	st := p.st
	h := p.hits[i]
	c := p.o.Choices[h.index]
	ink, quiet, match := st.Text, st.Muted, st.Accent.Bold()
	switch {
	case c.Why != "":
		ink, quiet, match = st.Faint, st.Faint, st.Faint
	case i == p.list.at:
		ink = ink.Bold()
	}
	title := highlight(c.Title, h.marks, ink, match, max(avail, 0))
	if left := avail - widget.Width(title) - 2; c.Why != "" && left > 3 {
		title += "  " + quiet.Paint(text.Truncate("off: "+c.Why, left))
	}
	cells := []string{title}
	for k, cell := range c.Cells[:min(len(c.Cells), len(cols)-1)] {
		ink := quiet
		if k < len(c.Inks) && c.Why == "" {
			ink = c.Inks[k]
		}
		cells = append(cells, ink.Paint(cell))
	}
	mark := "  "
	if p.o.Marked != nil {
		mark = st.Accent.Bold().Paint(widget.Fit(p.o.Marked(h.index), 2))
	}
	line := mark + widget.Rows(st, w-2, cols, [][]string{cells}, -1)[0]
	if i == p.list.at {
		return st.On(style.Sel, line)
	}
	return line
}

// leastTitle is the width that columns leave to the titles, in cells.
const leastTitle = 16

// columns are those for which there is room in w cells, from the left.
func (p *picker) columns(w int) []widget.Column {
	rest := w - leastTitle
	for i, c := range p.o.Columns {
		if rest -= c.Width + 2; rest < 0 {
			return p.o.Columns[:i]
		}
	}
	return p.o.Columns
}

// below is the second line of a choice: the first of its facts, and the others while they fit.
func (p *picker) below(i, w int) string {
	const between = "   "
	avail, says := max(w-4, 0), ""
	for k, fact := range p.o.Choices[p.hits[i].index].Below {
		fact = text.Line(fact)
		if k == 0 {
			says = text.Truncate(fact, avail)
		} else if text.Width(says)+len(between)+text.Width(fact) <= avail {
			says += between + fact
		}
	}
	line := widget.Fit("    "+p.st.Muted.Paint(says), w)
	if i == p.list.at {
		return p.st.On(style.Sel, line)
	}
	return line
}

func (p *picker) Hints() []widget.Hint {
	hints := []widget.Hint{{Key: "enter", Does: "choose"}, {Key: "up/down", Does: "move"}}
	for _, k := range p.o.Keys {
		if k.Does == "" { // another key for the same action
			continue
		}
		hints = append(hints, widget.Hint{Key: k.Key, Does: k.Does})
	}
	if p.o.Alternative.Key != "" {
		hints = append(hints, widget.Hint{Key: p.o.Alternative.Key, Does: p.o.Alternative.Does})
	}
	if p.o.Typed != nil {
		hints = append(hints, widget.Hint{Key: "alt+enter", Does: "as typed"})
	}
	return append(hints, widget.Hint{Key: "ctrl+u", Does: "clear"}, widget.Hint{Key: "esc", Does: "close"})
}

func (p *picker) Cursor() *tea.Cursor { return p.input.cursor(0, 1) }
