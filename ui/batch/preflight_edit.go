package batch

import (
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/ui/overlay"
	"relaytop/ui/style"
	"relaytop/ui/widget"
)

// edit is a field of the pre-flight that is being edited, in the line that shows it.
type edit struct {
	key   string // the one that began it
	label string
	line  *overlay.Line
	row   int // line of the body, as it was drawn last
}

// begin starts to edit a field.
func (p *preflight) begin(key string) {
	e := &edit{key: key}
	switch key {
	case "m":
		e.label, e.line = "model", overlay.NewLine(p.model(), "the model for rows that name none")
	case "c":
		e.label, e.line = "at once", overlay.NewLine(strconv.Itoa(p.concurrency()), "rows in flight at once")
	case "$":
		e = newBudgetEdit(p.o.Budget)
	case "o":
		e.label, e.line = "output", overlay.NewLine(p.input.plan.Out, "a file name")
	case "t":
		e.label, e.line = "template", overlay.NewLine(p.o.Template, "Translate to {{lang}}: {{text}}")
	}
	p.edit = e
}

// newBudgetEdit begins to edit a budget.
func newBudgetEdit(now relay.Money) *edit {
	value := ""
	if now > 0 {
		value = now.String()
	}
	return &edit{key: "$", label: "budget", line: overlay.NewLine(value, "USD, such as 2.50; empty is no limit")}
}

// view draws the label and the line.
func (e *edit) view(st *style.Styles, w int) string {
	return st.Faint.Paint(widget.Fit(e.label, labelWidth)) + e.line.View(st, max(w-labelWidth, 4))
}

// hints are the keys while a field is edited.
func (e *edit) hints() []widget.Hint {
	return []widget.Hint{{Key: "enter", Does: "accept"}, {Key: "ctrl+u", Does: "clear"}, {Key: "esc", Does: "back"}}
}

// cursor is that of the line; nil without an edit.
func (e *edit) cursor() *tea.Cursor {
	if e == nil {
		return nil
	}
	return e.line.Cursor(labelWidth, e.row)
}

// write handles a key while a field is edited.
func (p *preflight) write(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc", "ctrl+c":
		p.edit = nil
		return nil
	case "enter", "tab":
		return p.accept(strings.TrimSpace(p.edit.line.Value()))
	}
	_, cmd := p.edit.line.Update(k)
	return cmd
}

// accept takes what was typed, or says why it can't. The input is read again where that changes the plan.
func (p *preflight) accept(typed string) tea.Cmd {
	again := false
	switch p.edit.key {
	case "m":
		again = typed != p.model()
		p.o.Model = typed
		if again {
			p.edit = nil
			return tea.Batch(p.read(), p.ask())
		}
	case "c":
		n, err := strconv.Atoi(typed)
		if err != nil || n < 1 {
			p.problem = "a number of rows, 1 or more"
			return nil
		}
		p.o.Concurrency = n
	case "$":
		m, err := amount(typed)
		if err != nil {
			p.problem = err.Error()
			return nil
		}
		p.o.Budget = m
	case "o":
		if typed != "" && !filepath.IsAbs(typed) && p.o.Input != "" {
			typed = filepath.Join(filepath.Dir(p.o.Input), typed)
		}
		again = typed != p.input.plan.Out
		p.o.Out, p.o.Force = typed, p.o.Force && !again
	case "t":
		again = typed != p.o.Template
		p.o.Template = typed
	}
	p.edit = nil
	if again {
		return p.read()
	}
	return nil
}

// errNoAmount is why a budget is not accepted.
var errNoAmount = errors.New("an amount in USD above 0, such as 2.50; empty is no limit")

// amount is a budget that was typed; "" is none.
func amount(typed string) (relay.Money, error) {
	if typed = strings.TrimPrefix(strings.TrimSpace(typed), "$"); typed == "" || typed == "0" {
		return 0, nil
	}
	m, err := relay.ParseMoney(typed)
	if err != nil || m <= 0 {
		return 0, errNoAmount
	}
	return m, nil
}

// model is the model that most rows are sent to.
func (p *preflight) model() string {
	if p.o.Model != "" {
		return p.o.Model
	}
	models := p.input.plan.Models
	best := ""
	for _, m := range slices.Sorted(maps.Keys(models)) {
		if best == "" || models[m] > models[best] {
			best = m
		}
	}
	return best
}

// field is a line of the pre-flight with the key that changes it, or the line in which it is edited.
func (p *preflight) field(w int, key, line, does string) row {
	st := p.env.Styles
	if p.edit != nil && p.edit.key == key {
		return row{edit: true, text: p.edit.view(st, w)}
	}
	return row{text: widget.Spread(line, p.hint(key, does), w)}
}
