package transcript

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/session"
	"relaytop/ui/markdown"
	"relaytop/ui/pane"
)

// Scroll moves n lines, down if positive. At the end it follows again.
func (t *Model) Scroll(n int) {
	t.view.scroll(n)
	t.dirty = true
}

// Page moves n pages, less a line each, down if positive.
func (t *Model) Page(n int) { t.Scroll(n * max(t.list.look.Height-1, 1)) }

// Top scrolls to the first message and chooses it.
func (t *Model) Top() {
	if len(t.list.views) > 0 {
		t.view.put(0, 0)
		t.Scroll(0)
		t.chosen = t.list.views[0].ID
	}
}

// Bottom scrolls to the end, where the last message is the chosen one.
func (t *Model) Bottom() {
	t.Follow()
	t.chosen = 0
}

// Follow scrolls to the end, and keeps it on the screen as text comes.
func (t *Model) Follow() { t.view.place.follow, t.dirty = true, true }

// Following reports whether the view follows the end.
func (t *Model) Following() bool { return t.view.place.follow }

// Choose makes a message the chosen one; 0 stands for the last one.
func (t *Model) Choose(id int64) { t.chosen, t.dirty = id, true }

// Move chooses the message n below the chosen one, above if negative, and scrolls to it.
func (t *Model) Move(n int) {
	l := &t.list
	if len(l.views) == 0 {
		return
	}
	i := l.index(t.chosen)
	if i < 0 {
		i, n = len(l.views)-1, min(n, 0)
	}
	i = min(max(i+n, 0), len(l.views)-1)
	t.Choose(l.views[i].ID)
	t.view.reveal(i)
}

// Selected returns the message that letters are about: the chosen one, otherwise the last.
func (t *Model) Selected() (session.View, bool) {
	l := &t.list
	if i := l.index(t.chosen); i >= 0 {
		return l.views[i], true
	}
	if n := len(l.views); n > 0 {
		return l.views[n-1], true
	}
	return session.View{}, false
}

// Answer returns the answer that letters are about: the selected one, or the one below the selected question.
func (t *Model) Answer() (session.View, bool) {
	v, ok := t.Selected()
	if !ok || v.Role == relay.RoleAssistant {
		return v, ok
	}
	if i := t.list.index(v.ID) + 1; i < len(t.list.views) {
		return t.list.views[i], true
	}
	return v, false
}

// Question returns the question that letters are about: the selected one, or the one above the selected answer.
func (t *Model) Question() (session.View, bool) {
	v, ok := t.Selected()
	for i := t.list.index(v.ID); ok && i >= 0; i-- {
		if t.list.views[i].Role == relay.RoleUser {
			return t.list.views[i], true
		}
	}
	return v, false
}

// Fold opens or folds the selected message's reasoning, long text or files.
func (t *Model) Fold() {
	v, ok := t.Selected()
	if !unfolds(&v) {
		v, ok = t.Answer()
	}
	if !ok {
		return
	}
	i := t.list.index(v.ID)
	if t.fold(i); t.list.entry(i).open {
		t.view.fromStart(i)
	}
}

// fold opens or folds the i-th message.
func (t *Model) fold(i int) {
	e := t.list.entry(i)
	e.open, e.ready, t.dirty = !e.open, false, true
	t.list.folds++
}

// WhyFold returns why Fold is off; "" if it is on.
func (t *Model) WhyFold() string {
	v, _ := t.Selected()
	if a, ok := t.Answer(); !unfolds(&v) && (!ok || a.Reasoning == "") {
		return "no reasoning was sent"
	}
	return ""
}

// Raw switches between the answer as received and as rendered.
func (t *Model) Raw() {
	v, ok := t.Answer()
	if !ok {
		return
	}
	e := t.list.entry(t.list.index(v.ID))
	e.raw.on, t.dirty = !e.raw.on, true
	t.list.folds++
	if p := &t.view.place; !p.follow && p.at == v.ID {
		p.off = 0 // its lines have changed
	}
}

// WhyRaw returns why Raw is off; "" if it is on.
func (t *Model) WhyRaw() string {
	if v, ok := t.Answer(); !ok || v.Role == relay.RoleUser || v.Text == "" {
		return "this answer has no text"
	}
	return ""
}

// Copy copies the marked text, otherwise the selected message, or the n-th code block of its answer if n is not 0.
func (t *Model) Copy(n int) tea.Cmd {
	if s, what := t.Marked(); s != "" { // it comes first
		return pane.Copy(s, what)
	}
	v, ok := t.Selected()
	if n > 0 && v.Role == relay.RoleUser {
		v, _ = t.Answer()
	}
	if !ok {
		return nil
	}
	return Copy(&v, n)
}

// Copy copies the text of a message as received, or its n-th code block if n is not 0.
func Copy(v *session.View, n int) tea.Cmd {
	if n == 0 {
		if v.Text == "" {
			return pane.Toast(state.Info, "there is nothing to copy: it has no text")
		}
		what := "the answer"
		if v.Role == relay.RoleUser {
			what = "the question"
		}
		return pane.Copy(v.Text, what)
	}
	codes := markdown.CodeBlocks(v.Text)
	if n > len(codes) {
		return pane.Toast(state.Warn, "there is no code block "+strconv.Itoa(n))
	}
	return pane.Copy(codes[n-1].Text, "code block "+strconv.Itoa(n))
}
