package transcript

import (
	"relaytop/state/session"
	"relaytop/ui/markdown"
	"relaytop/ui/widget"
)

const (
	roleUser      = "user"
	roleAssistant = "assistant"
)

// messages are those of a chat, with what is drawn of them. They are named by their place in views.
type messages struct {
	look  Look
	kit   *markdown.Kit
	views []session.View
	drawn map[int64]*entry
	folds int // how often a message was folded or opened, which changes heights but no version
}

// index is the place of a message, -1 if it is not on the shown path.
func (l *messages) index(id int64) int {
	for i := len(l.views) - 1; i >= 0; i-- {
		if l.views[i].ID == id {
			return i
		}
	}
	return -1
}

// entry is the drawn form of the i-th message, up to date.
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

// height is the number of lines of the i-th message.
func (l *messages) height(i int) int { return l.entry(i).height() }

// row is a line of the i-th message.
func (l *messages) row(i, line int) widget.Row { return l.entry(i).row(line) }

// measured bounds how much text, in bytes, one frame may lay out only to count its lines.
const measured = 16 << 10

// known is the height of the i-th message. One that was never drawn is laid out for it as long as there is budget
// left, then guessed.
func (l *messages) known(i int, budget *int) (int, bool) {
	v := &l.views[i]
	if e := l.drawn[v.ID]; e == nil || e.look.Width != l.look.Width {
		if *budget -= len(v.Text) + len(v.Reasoning); *budget < 0 {
			return estimate(v, l.look.Width), false
		}
	}
	return l.height(i), true
}

// estimate is the height of a message that was never drawn, from its length.
func estimate(v *session.View, w int) int {
	if v.Role == roleUser && isLong(v.Text) {
		return 3 + len(v.Parts) + questionFolded
	}
	return 3 + len(v.Parts) + len(v.Text)/max(min(w-margin, markdown.ProseWidth)*4/5, 1)
}

// notSent is how many of the oldest questions are not sent any more.
func (l *messages) notSent() (n int) {
	for i := 0; i < len(l.views) && l.views[i].Left; i++ {
		if l.views[i].Role == roleUser {
			n++
		}
	}
	return n
}
