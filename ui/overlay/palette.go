package overlay

import (
	"fmt"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// Class is a kind of entry. Typed first, it limits the palette to entries of that class.
type Class rune

// The classes. An entry may have no class.
const (
	Actions Class = '>'
	Models  Class = '@'
	Chats   Class = '#'
	Runs    Class = ':'
	Themes  Class = '~'
)

// Entry is one thing that the palette finds.
type Entry struct {
	Name   string // of the action, to sort entries by
	Title  string
	Detail string // more about it, muted, after the title
	Kind   string // one word: the pane of an action, or what the entry is
	Key    string // its key, or its date
	Why    string // why it is off now; "" if it is on
	Class  Class
	Run    tea.Cmd
}

// ActionEntries makes entries of actions, of the given kind.
func ActionEntries(kind string, actions []pane.Action) []Entry {
	entries := make([]Entry, 0, len(actions))
	for _, a := range actions {
		e := Entry{Name: a.Name, Title: a.Title, Kind: kind, Key: a.Binding.Help().Key, Class: Actions}
		if e.Title == "" {
			e.Title = a.Word()
		}
		if a.Why != nil {
			e.Why = a.Why()
		}
		if a.Do != nil {
			do := a.Do
			e.Run = func() tea.Msg { return runMsg{do} }
		}
		entries = append(entries, e)
	}
	return entries
}

// runMsg brings an action to Update: do may change its pane, which only the program's goroutine may.
type runMsg struct{ do func() tea.Cmd }

type palette struct {
	styled
	entries []Entry
	input   input
	hits    []hit
	list    list
	total   int
}

const kindWidth = len("everywhere")

const paletteRows = 3 // body line of the first entry

// Palette finds any entry by a few letters of its title. typed is the query to start with; without a query entries
// are in their own order.
func Palette(entries []Entry, typed string) Dialog {
	clean := make([]Entry, len(entries))
	for i, e := range entries {
		e.Title, e.Detail, e.Kind, e.Key, e.Why = text.Line(e.Title), text.Line(e.Detail), text.Line(e.Kind),
			text.Line(e.Key), text.Line(e.Why)
		clean[i] = e
	}
	p := &palette{entries: clean, input: newInput(typed, "action, model, chat, run or theme"), total: len(clean)}
	p.search()
	return p
}

func (p *palette) search() {
	query := p.input.value()
	class := Class(0)
	if r, n := utf8.DecodeRuneInString(query); n > 0 && strings.ContainsRune(">@#:~", r) {
		class, query = Class(r), query[n:]
	}
	in := make([]int, 0, len(p.entries))
	for i, e := range p.entries {
		if class == 0 || e.Class == class {
			in = append(in, i)
		}
	}
	hits := search(query, len(in), func(i int) string { return p.entries[in[i]].Title }, func(i int) string {
		e := &p.entries[in[i]]
		return e.Title + " " + e.Detail + " " + e.Kind
	})
	p.hits = p.hits[:0]
	for _, off := range []bool{false, true} { // what is off comes last
		for _, h := range hits {
			if (p.entries[in[h.index]].Why != "") == off {
				p.hits = append(p.hits, hit{in[h.index], h.marks})
			}
		}
	}
	p.list.at, p.list.top = 0, 0
	p.list.size(len(p.hits), p.list.h)
}

func (p *palette) Update(msg tea.Msg) (bool, tea.Cmd) {
	switch pressed(msg) {
	case "esc", "ctrl+c":
		return true, nil
	case "enter":
		return p.run(p.list.at)
	case "tab":
		if p.list.at < len(p.hits) {
			p.input.set(p.entries[p.hits[p.list.at].index].Title)
			p.search()
		}
		return false, nil
	case "home", "end": // these move in the line
	default:
		if p.list.update(msg, false) {
			return false, nil
		}
	}
	if i := p.list.click(msg, paletteRows); i >= 0 {
		p.list.at = i
		return p.run(i)
	}
	changed, cmd := p.input.update(msg)
	if changed {
		p.search()
	}
	return false, cmd
}

// run runs an entry and closes the palette, unless the entry is off: why is shown beside it.
func (p *palette) run(i int) (bool, tea.Cmd) {
	if i >= len(p.hits) {
		return false, nil
	}
	e := p.entries[p.hits[i].index]
	if e.Why != "" || e.Run == nil {
		return false, nil
	}
	return true, e.Run
}

func (p *palette) View(w, h int) Box {
	st := p.st
	bw, bh := clamp(80, w), clamp(max(15, h*3/5), h)
	inner := bw - 4
	p.list.size(len(p.hits), bh-8)
	body := []string{"", p.input.view(st, inner), ""}
	from, to := p.list.visible()
	for i := from; i < to; i++ {
		body = append(body, p.row(i, inner))
	}
	if len(p.hits) == 0 {
		body = append(body, "  "+st.Muted.Paint("nothing has these letters in this order"))
	}
	for len(body) < bh-4 {
		body = append(body, "")
	}
	var only strings.Builder
	only.WriteString(st.Faint.Paint("only"))
	for _, c := range []struct {
		class Class
		name  string
	}{{Actions, "actions"}, {Models, "models"}, {Chats, "chats"}, {Runs, "runs"}, {Themes, "themes"}} {
		only.WriteString("  " + st.Text.Bold().Paint(string(c.class)) + st.Muted.Paint(" "+c.name))
	}
	body = append(body, widget.Section(st, inner, "", ""), only.String())
	status := st.Muted.Paint(fmt.Sprintf("%d of %d", len(p.hits), p.total))
	return Box{Title: "palette", Status: status, Body: strings.Join(body, "\n"), W: bw, H: bh, Top: max((h+1)/5, 1)}
}

func (p *palette) row(i, w int) string {
	st := p.st
	e, marks := p.entries[p.hits[i].index], p.hits[i].marks
	ink, key := st.Text, st.Muted
	if e.Class == Actions || e.Class == 0 && e.Key != "" {
		key = st.Text.Bold()
	}
	detail := e.Detail
	match := st.Accent.Bold()
	if e.Why != "" {
		ink, key, match = st.Faint, st.Faint, st.Faint
		detail = "off: " + e.Why
	} else if i == p.list.at {
		ink = ink.Bold()
	}
	avail := w - 2 - kindWidth - 8 - 4
	title := highlight(e.Title, marks, ink, match, avail)
	if left := avail - widget.Width(title) - 2; detail != "" && left > 3 {
		quiet := st.Muted
		if e.Why != "" {
			quiet = st.Faint
		}
		title += "  " + quiet.Paint(text.Truncate(detail, left))
	}
	kind := st.Muted
	if e.Why != "" {
		kind = st.Faint
	}
	line := "  " + widget.Fit(title, avail) + "  " + widget.Fit(kind.Paint(e.Kind), kindWidth) + "  " +
		widget.FitRight(key.Paint(e.Key), 8)
	if i == p.list.at {
		return st.On(style.Sel, line)
	}
	return line
}

func (p *palette) Hints() []widget.Hint {
	return []widget.Hint{{Key: "enter", Does: "run"}, {Key: "up/down", Does: "choose"}, {Key: "tab", Does: "complete"},
		{Key: "ctrl+u", Does: "clear"}, {Key: "esc", Does: "close"}}
}

func (p *palette) Cursor() *tea.Cursor { return p.input.cursor(0, 1) }
