package overlay

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/pane"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// Group is the actions under one heading in the help.
type Group struct {
	Title   string
	Actions []pane.Action
}

// Groups sorts actions by their Group, in the order in which the groups first occur. Groups without an action that
// is on come last.
func Groups(actions []pane.Action) []Group {
	var groups []Group
	at := map[string]int{}
	for _, a := range actions {
		i, ok := at[a.Group]
		if !ok {
			i = len(groups)
			at[a.Group] = i
			groups = append(groups, Group{Title: a.Group})
		}
		groups[i].Actions = append(groups[i].Actions, a)
	}
	slices.SortStableFunc(groups, func(a, b Group) int { return a.off() - b.off() })
	return groups
}

// off is 1 if no action of the group is on, else 0.
func (g *Group) off() int {
	for i := range g.Actions {
		if g.Actions[i].On() {
			return 0
		}
	}
	return 1
}

type help struct {
	styled
	groups []Group
	pager  pager
}

// Help shows every key with what it does, or why it is off, and the words of the screens. It is made from the action
// tables, so it can't be out of date.
func Help(groups []Group) Dialog {
	return &help{groups: groups, pager: newPager()}
}

func (d *help) Update(msg tea.Msg) (bool, tea.Cmd) {
	switch pressed(msg) {
	case "esc", "q", "?", "enter", "f10", "ctrl+g", "ctrl+c":
		return true, nil
	}
	d.pager.update(msg)
	return false, nil
}

func (d *help) View(w, h int) Box {
	bw := clamp(112, w-4)
	inner := bw - 4
	var body []string
	if inner >= 84 {
		half := (inner - 3) / 2
		left, right := d.columns(half)
		blocks := []widget.Block{{Lines: left, W: half}, {Lines: right, W: inner - 3 - half}}
		body = strings.Split(widget.Columns(3, blocks...), "\n")
	} else {
		left, right := d.columns(inner)
		body = append(append(left, ""), right...)
	}
	body = append(append(body, ""), d.terms(inner)...)
	bh := clamp(len(body)+4, h-2)
	d.pager.show(body, inner, max(bh-4, 1))
	return Box{Title: "keys", Status: d.pager.status(&d.styled), Body: d.pager.body(), W: bw, H: bh}
}

// columns draws the groups in two columns of about the same height. A group is not split.
func (d *help) columns(w int) (left, right []string) {
	total := 0
	blocks := make([][]string, len(d.groups))
	for i, g := range d.groups {
		blocks[i] = d.group(g, w)
		total += len(blocks[i]) + 1
	}
	for _, b := range blocks {
		into := &left
		if len(right) > 0 || len(left) > 0 && len(left)+len(b)/2 > total/2 {
			into = &right
		}
		if len(*into) > 0 {
			*into = append(*into, "")
		}
		*into = append(*into, b...)
	}
	return left, right
}

const helpKeys = 15 // cells for the key

func (d *help) group(g Group, w int) []string {
	lines := []string{widget.Section(d.st, w, g.Title, "")}
	for i := range g.Actions {
		lines = append(lines, d.action(&g.Actions[i], w)...)
	}
	return lines
}

// terms explain the words of the screens.
func (d *help) terms(w int) []string {
	st := d.st
	lines := []string{widget.Section(st, w, "words", "")}
	for _, t := range pane.Terms() {
		name := widget.Fit(t.Name, helpKeys)
		for _, l := range text.Prose(t.Means, max(w-helpKeys-1, 1)) {
			lines = append(lines, st.Text.Bold().Paint(name)+" "+st.Text.Paint(l))
			name = widget.Blank(helpKeys)
		}
	}
	return lines
}

// action draws one action and why it is off. What does not fit on the line is wrapped, not cut.
func (d *help) action(a *pane.Action, w int) []string {
	st := d.st
	name := a.Title
	if name == "" {
		name = a.Word()
	}
	key, ink, avail := widget.Fit(ownKey(a), helpKeys), st.Text, max(w-helpKeys-1, 1)
	keyInk, parts := st.Text.Bold(), []string{text.Line(name)}
	if !a.On() {
		keyInk, ink = st.Faint, st.Faint
		why := "off: " + text.Line(a.Why())
		if one := parts[0] + "  " + why; text.Width(one) <= avail {
			parts[0] = one
		} else {
			parts = append(parts, why)
		}
	}
	var lines []string
	for _, s := range parts {
		for _, l := range text.Prose(s, avail) {
			lines = append(lines, keyInk.Paint(key)+" "+ink.Paint(l))
			key = widget.Blank(helpKeys)
		}
	}
	return lines
}

// ownKey is the key of this action alone. The footer shows a pair such as h/l for two actions, of which this is one.
func ownKey(a *pane.Action) string {
	shown := a.Binding.Help().Key
	if keys := a.Binding.Keys(); len(keys) > 0 && len(shown) > 1 && strings.Contains(shown, "/") {
		return pane.KeyName(keys[0])
	}
	return shown
}

func (d *help) Hints() []widget.Hint {
	var hints []widget.Hint
	if d.pager.scrolls() {
		hints = append(hints, widget.Hint{Key: "up/down", Does: "scroll"})
	}
	return append(hints, widget.Hint{Key: "esc", Does: "close"})
}

func (d *help) Cursor() *tea.Cursor { return nil }
