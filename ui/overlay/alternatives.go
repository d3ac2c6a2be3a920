package overlay

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// Alternative is one of the answers to a question with several.
type Alternative struct {
	Key    string // a letter, which chooses it at once
	Title  string
	Detail string  // what comes of it
	Do     tea.Cmd // nil: nothing is done
}

type alternatives struct {
	styled
	title, question string
	ask             func() (question string, list []Alternative)
	list            []Alternative
	back            int // how many places before the last one that enter chooses is
	first           int // body line of the first one
	each            int // body lines of each
}

// Alternatives asks a question whose answer is one of several. Enter takes the last one unless another was chosen,
// and esc always does: it is the one that changes nothing. ask is called before each frame, so that the question says
// how things are now; it answers from memory, and with one alternative at least.
func Alternatives(title string, ask func() (question string, list []Alternative)) Dialog {
	return &alternatives{title: text.Line(title), ask: ask}
}

func (a *alternatives) refresh() {
	question, list := a.ask()
	a.question, a.list = text.Clean(question), list
	a.back = min(a.back, len(list)-1)
}

// at is the index of the one that enter chooses.
func (a *alternatives) at() int { return len(a.list) - 1 - a.back }

func (a *alternatives) Update(msg tea.Msg) (bool, tea.Cmd) {
	last := len(a.list) - 1
	switch key := pressed(msg); key {
	case "esc", "q", "ctrl+c":
		return true, a.list[last].Do
	case "up", "shift+tab":
		a.back = min(a.back+1, last)
	case "down", "tab":
		a.back = max(a.back-1, 0)
	case "enter":
		return true, a.list[a.at()].Do
	default:
		for i := range a.list {
			if key != "" && key == a.list[i].Key {
				return true, a.list[i].Do
			}
		}
	}
	if m, ok := msg.(tea.MouseClickMsg); ok && m.Button == tea.MouseLeft && m.Y >= a.first && a.each > 0 {
		if i := (m.Y - a.first) / a.each; i <= last {
			return true, a.list[i].Do
		}
	}
	return false, nil
}

func (a *alternatives) View(w, h int) Box {
	st := a.st
	bw := clamp(72, w)
	inner := bw - 4
	body := []string{""}
	for _, line := range text.Prose(a.question, inner) {
		body = append(body, st.Text.Paint(line))
	}
	body = append(body, "")
	a.first, a.each = len(body), 3
	if h-2 < len(body)+a.each*len(a.list) {
		a.each = 1
	}
	for i := range a.list {
		body = append(body, a.answer(i, inner)...)
	}
	if a.each > 1 { // the border follows the last answer
		body = body[:len(body)-1]
	}
	return Box{Title: a.title, Body: strings.Join(body, "\n"), W: bw, H: clamp(len(body)+2, h)}
}

// answer is the key and title of an alternative, and its detail where there is room.
func (a *alternatives) answer(i, w int) []string {
	st, way := a.st, &a.list[i]
	line := st.Text.Bold().Paint(widget.Fit(way.Key, 6)) + st.Text.Paint(way.Title)
	if i == a.at() {
		line = widget.Chip(st, way.Key) + widget.Blank(4-text.Width(way.Key)) + st.Text.Bold().Paint(way.Title)
	}
	if a.each == 1 {
		return []string{widget.Fit(line, w)}
	}
	return []string{widget.Fit(line, w), "      " + st.Muted.Paint(text.Truncate(text.Line(way.Detail), w-6)), ""}
}

func (a *alternatives) Hints() []widget.Hint {
	hints := make([]widget.Hint, 0, len(a.list)+1)
	for i := range a.list {
		hints = append(hints, widget.Hint{Key: a.list[i].Key, Does: a.list[i].Title})
	}
	last := len(hints) - 1
	return append(append(hints[:last:last], widget.Hint{Key: "up/down", Does: "choose"}), hints[last])
}

func (a *alternatives) Cursor() *tea.Cursor { return nil }
