package overlay

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// PromptOptions describe a question that is answered with one line.
type PromptOptions struct {
	Title       string
	Label       string                    // what is asked for, shown above the line
	Value       string                    // the initial text
	Replace     bool                      // what is typed first replaces Value
	Placeholder string                    // shown while nothing is typed
	Check       func(value string) string // why a value is not allowed, "" if it is; may be nil
	Masked      bool                      // it is a secret, drawn as stars
	Done        func(value string) tea.Cmd
}

type prompt struct {
	styled
	o     PromptOptions
	input input
	why   string
	fresh bool // no key was pressed yet
}

// Prompt asks for one line.
func Prompt(o PromptOptions) Dialog {
	p := &prompt{o: o, fresh: o.Replace, input: newInput(o.Value, o.Placeholder)}
	if o.Masked {
		p.input.mask()
	}
	return p
}

func (p *prompt) Update(msg tea.Msg) (bool, tea.Cmd) {
	switch pressed(msg) {
	case "esc", "ctrl+c":
		return true, nil
	case "enter":
		if p.o.Check != nil {
			if p.why = p.o.Check(p.input.value()); p.why != "" {
				return false, nil
			}
		}
		return true, p.o.Done(p.input.value())
	}
	switch m := msg.(type) {
	case tea.KeyPressMsg:
		if p.fresh && m.Text != "" {
			p.input.set("")
		}
		p.fresh = false
	case tea.PasteMsg:
		if p.fresh {
			p.input.set("")
		}
		p.fresh = false
	}
	changed, cmd := p.input.update(msg)
	if changed {
		p.why = ""
	}
	return false, cmd
}

func (p *prompt) View(w, h int) Box {
	st := p.st
	bw := clamp(64, w)
	body := []string{"", st.Muted.Paint(text.Truncate(text.Line(p.o.Label), bw-4)), p.input.view(st, bw-4), ""}
	if p.why != "" {
		body[3] = st.Error.Paint(st.Glyphs.Failed+" ") + st.Text.Paint(text.Truncate(text.Line(p.why), bw-6))
	}
	return Box{Title: text.Line(p.o.Title), Body: strings.Join(body, "\n"), W: bw, H: clamp(7, h)}
}

func (p *prompt) Hints() []widget.Hint {
	return []widget.Hint{{Key: "enter", Does: "accept"}, {Key: "ctrl+u", Does: "clear"}, {Key: "esc", Does: "back"}}
}

func (p *prompt) Cursor() *tea.Cursor { return p.input.cursor(0, 2) }
