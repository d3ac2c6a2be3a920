package overlay

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// Field is one line of a form.
type Field struct {
	Name    string
	Value   string   // as it is edited
	Shown   string   // as it is drawn; "": Value
	Set     bool     // false: it has no value
	Default string   // "": it has no default
	Allowed string   // which values are allowed, shown below the list
	Choices []string // values that left and right go through
}

// FormOptions describe a form. The functions must not wait. Fields is called whenever the form needs them, so they
// may change.
type FormOptions struct {
	Title  string
	None   string // shown in place of a value that is not set
	Fields func() []Field
	// Set sets a value, or returns why it is not allowed.
	Set   func(name, value string) (why string, cmd tea.Cmd)
	Unset func(name string) tea.Cmd
	Reset func(name string) tea.Cmd
	// Add returns why a field of that name can't be added, "" if it can; nil: no fields can be added.
	Add  func(name string) (why string)
	Keys []FormKey
}

// FormKey is an additional key of a form. It acts on the chosen field, if On reports true for it.
type FormKey struct {
	Key, Does string
	On        func(name string) bool
	Do        func(name string) tea.Cmd
}

// editing is which part of a form is being edited.
type editing uint8

const (
	reading editing = iota
	value
	name
)

type form struct {
	styled
	o     FormOptions
	list  list
	input input
	mode  editing
	added string // a field that was added and has no value yet
	why   string
	rows  int // body line of the first field
}

// Form shows named values, each edited in its place.
func Form(o FormOptions) Dialog { return &form{o: o, rows: 1} }

// fields returns the caller's fields and the one that was added.
func (f *form) fields() []Field {
	all := f.o.Fields()
	if f.added != "" && !slices.ContainsFunc(all, func(x Field) bool { return x.Name == f.added }) {
		all = append(slices.Clone(all), Field{Name: f.added})
	}
	return all
}

func (f *form) Update(msg tea.Msg) (bool, tea.Cmd) {
	all := f.fields()
	n := len(all)
	if f.o.Add != nil {
		n++
	}
	f.list.size(n, max(f.list.h, 1))
	if f.mode != reading {
		return false, f.write(all, msg)
	}
	switch pressed(msg) {
	case "esc", "q", "ctrl+c":
		return true, nil
	}
	if i := f.list.click(msg, f.rows); i >= 0 {
		again := i == f.list.at
		f.list.move(i - f.list.at)
		f.why = ""
		if again {
			f.edit(all, "")
		}
		return false, nil
	}
	if f.list.update(msg, true) {
		f.why = ""
		return false, nil
	}
	return false, f.press(all, msg)
}

// press handles a key that acts on a field.
func (f *form) press(all []Field, msg tea.Msg) tea.Cmd {
	k := pressed(msg)
	if k != "" {
		f.why = ""
	}
	if k == "a" && f.o.Add != nil {
		f.list.move(len(all) - f.list.at)
		k = "enter"
	}
	if k == "enter" || len(k) == 1 && k[0] >= '0' && k[0] <= '9' && f.list.at < len(all) {
		f.edit(all, strings.TrimPrefix(k, "enter"))
		return nil
	}
	if f.list.at >= len(all) {
		return nil
	}
	on := all[f.list.at]
	switch k {
	case "x", "delete", "backspace":
		f.forget(on.Name)
		return f.o.Unset(on.Name)
	case "r":
		f.forget(on.Name)
		return f.o.Reset(on.Name)
	case "left", "right":
		return f.turn(&on, k == "right")
	}
	for _, other := range f.o.Keys {
		if other.Key == k && other.On(on.Name) {
			return other.Do(on.Name)
		}
	}
	return nil
}

func (f *form) forget(name string) {
	if f.added == name {
		f.added = ""
	}
}

// turn sets the next of a field's choices, or the one before; if no choice is set, the first or the last.
func (f *form) turn(on *Field, ahead bool) tea.Cmd {
	n := len(on.Choices)
	if n == 0 {
		return nil
	}
	at := -1
	if on.Set {
		at = slices.Index(on.Choices, on.Value)
	}
	switch {
	case ahead:
		at = (at + 1) % n
	case at < 0:
		at = n - 1
	default:
		at = (at + n - 1) % n
	}
	why, cmd := f.o.Set(on.Name, on.Choices[at])
	f.why = why
	return cmd
}

// edit starts to edit a value, which typed replaces unless it is "", or on the last line the name of a new field.
func (f *form) edit(all []Field, typed string) {
	f.why = ""
	if f.list.at >= len(all) {
		f.mode, f.input = name, newInput("", "its name")
		return
	}
	if on := &all[f.list.at]; typed == "" && on.Set {
		typed = on.Value
	}
	f.mode, f.input = value, newInput(typed, "nothing yet")
}

// write handles a key while a name or a value is edited.
func (f *form) write(all []Field, msg tea.Msg) tea.Cmd {
	switch pressed(msg) {
	case "esc", "ctrl+c":
		f.mode, f.why, f.added = reading, "", ""
		return nil
	case "enter", "tab":
		return f.accept(all)
	}
	changed, cmd := f.input.update(msg)
	if changed {
		f.why = ""
	}
	return cmd
}

// accept takes the name or value that was typed, or shows why it is not allowed.
func (f *form) accept(all []Field) tea.Cmd {
	typed := strings.TrimSpace(f.input.value())
	if f.mode == name {
		if f.why = f.o.Add(typed); f.why == "" {
			f.added = typed
			f.list.at = slices.IndexFunc(f.fields(), func(x Field) bool { return x.Name == typed })
			f.mode, f.input = value, newInput("", "its value")
		}
		return nil
	}
	if f.list.at >= len(all) {
		f.mode = reading
		return nil
	}
	why, cmd := f.o.Set(all[f.list.at].Name, typed)
	if f.why = why; why == "" {
		f.mode, f.added = reading, ""
	}
	return cmd
}

// Widths of a form and its columns, in cells.
const (
	formWidth   = 76
	formName    = 19
	formDefault = 16
)

func (f *form) View(w, h int) Box {
	st := f.st
	all := f.fields()
	n := len(all)
	if f.o.Add != nil {
		n++
	}
	bw, bh := clamp(formWidth, w), clamp(n+6, h)
	inner := bw - 4
	f.list.size(n, bh-5)
	body := []string{""}
	from, to := f.list.visible()
	for i := from; i < to; i++ {
		if i < len(all) {
			body = append(body, f.row(&all[i], i == f.list.at, inner))
		} else {
			body = append(body, f.adder(i == f.list.at, inner))
		}
	}
	note := "a further key is sent as it is written"
	if f.list.at < len(all) {
		note = all[f.list.at].Allowed
	}
	line := "  " + st.Muted.Paint(text.Truncate(text.Line(note), inner-2))
	if f.why != "" {
		line = st.Error.Paint(st.Glyphs.Failed+" ") + st.Text.Paint(text.Truncate(text.Line(f.why), inner-2))
	}
	body = append(body, widget.Section(st, inner, "", ""), line)
	return Box{Title: text.Line(f.o.Title), Status: position(&f.styled, from, to, n), Body: strings.Join(body, "\n"),
		W: bw, H: bh}
}

// adder draws the last line, where the name of a new field is typed.
func (f *form) adder(on bool, w int) string {
	st := f.st
	if on && f.mode == name {
		return st.On(style.Sel, f.input.view(st, w))
	}
	line := widget.Fit("  "+st.Muted.Paint("add a key"), w)
	if on {
		return st.On(style.Sel, line)
	}
	return line
}

func (f *form) row(x *Field, on bool, w int) string {
	st := f.st
	avail := max(w-2-formName-2-formDefault, 8)
	ink := st.Text
	if !x.Set {
		ink = st.Muted
	}
	if on {
		ink = ink.Bold()
	}
	head := "  " + widget.Fit(ink.Paint(text.Truncate(text.Line(x.Name), formName-1)), formName)
	if on && f.mode == value {
		return st.On(style.Sel, widget.Fit(head+f.input.view(st, w-2-formName), w))
	}
	shown := x.Shown
	if shown == "" {
		shown = x.Value
	}
	cell := st.Faint.Paint(f.o.None)
	if x.Set {
		cell = st.Text.Paint(text.Truncate(text.Line(shown), avail))
	}
	def := ""
	switch {
	case x.Default != "" && !(x.Set && x.Value == x.Default):
		def = st.Faint.Paint("default " + text.Line(x.Default))
	case x.Set && x.Default != "":
		def = st.Faint.Paint("the default")
	}
	line := head + widget.Fit(cell, avail) + "  " + widget.FitRight(def, formDefault)
	if line = widget.Fit(line, w); on {
		return st.On(style.Sel, line)
	}
	return line
}

func (f *form) Hints() []widget.Hint {
	if f.mode != reading {
		return []widget.Hint{{Key: "enter", Does: "accept"}, {Key: "ctrl+u", Does: "clear"}, {Key: "esc", Does: "back"}}
	}
	all := f.fields()
	hints := []widget.Hint{{Key: "enter", Does: "edit"}, {Key: "x", Does: "do not send"}, {Key: "r", Does: "default"}}
	if f.list.at < len(all) {
		if on := &all[f.list.at]; len(on.Choices) > 0 {
			hints = append(hints, widget.Hint{Key: "left/right", Does: "choose"})
		}
		for _, k := range f.o.Keys {
			if k.On(all[f.list.at].Name) {
				hints = append(hints, widget.Hint{Key: k.Key, Does: k.Does})
			}
		}
	}
	if f.o.Add != nil {
		hints = append(hints, widget.Hint{Key: "a", Does: "add"})
	}
	return append(hints, widget.Hint{Key: "esc", Does: "close"})
}

func (f *form) Cursor() *tea.Cursor {
	y := f.rows + f.list.at - f.list.top
	switch f.mode {
	case reading: // nothing is typed
	case name:
		return f.input.cursor(0, y)
	case value:
		return f.input.cursor(2+formName, y)
	}
	return nil
}
