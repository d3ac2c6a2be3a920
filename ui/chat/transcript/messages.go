package transcript

import (
	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/markdown"
	"relaytop/ui/widget"
)

// messages holds the messages of a chat and their drawn forms. A message is named by its index in views.
type messages struct {
	look  Look
	kit   *markdown.Kit
	views []session.View
	drawn map[int64]*entry
	folds int // how often a message was folded or opened, which changes heights but no version
}

// index returns the index of a message, -1 if it is not on the shown path.
func (l *messages) index(id int64) int {
	for i := len(l.views) - 1; i >= 0; i-- {
		if l.views[i].ID == id {
			return i
		}
	}
	return -1
}

// entry returns the drawn form of the i-th message, up to date.
func (l *messages) entry(i int) *entry {
	v := &l.views[i]
	e := l.drawn[v.ID]
	if e == nil {
		e = &entry{}
		l.drawn[v.ID] = e
	}
	first, cut := i == 0, i > 0 && l.views[i-1].Left && !v.Left
	if e.first != first || e.cut != cut {
		e.first, e.cut, e.ready = first, cut, false
	}
	e.sync(v)
	e.layout(&l.look, l.kit)
	return e
}

// height returns the number of lines of the i-th message.
func (l *messages) height(i int) int { return l.entry(i).height() }

// row returns a line of the i-th message.
func (l *messages) row(i, line int) widget.Row { return l.entry(i).row(line) }

// measured is the most text, in bytes, that one frame lays out only to count its lines.
const measured = 16 << 10

// known returns the height of the i-th message, and whether it is exact. A message that was never drawn is laid out
// while budget, in bytes, lasts, and estimated after that.
func (l *messages) known(i int, budget *int) (int, bool) {
	v := &l.views[i]
	if e := l.drawn[v.ID]; e == nil || e.look.Width != l.look.Width {
		if *budget -= len(v.Text) + len(v.Reasoning); *budget < 0 {
			return estimate(v, l.look.Width), false
		}
	}
	return l.height(i), true
}

// estimate guesses the height of a message from its length.
func estimate(v *session.View, w int) int {
	if v.Role == relay.RoleUser && isLong(v.Text) {
		return 3 + len(v.Parts) + questionFolded
	}
	return 3 + len(v.Parts) + len(v.Text)/max(min(w-margin, markdown.ProseWidth)*4/5, 1)
}

// notSent counts the oldest questions, which are no longer sent.
func (l *messages) notSent() (n int) {
	for i := 0; i < len(l.views) && l.views[i].Left; i++ {
		if l.views[i].Role == relay.RoleUser {
			n++
		}
	}
	return n
}
