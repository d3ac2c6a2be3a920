// Package transcript shows the messages of a chat: it draws and scrolls them, and marks text with the mouse.
//
// Rules: a message that has ended is drawn once for each width and style, and one that is off the screen is not
// drawn at all, so a token costs the same in a long chat as in a short one. New text never moves a reader who has
// scrolled up, nor what is marked. Everything comes in by value, through Enter, Show and SetLook; nothing here asks
// the pane or the store for more. Draw changes nothing but caches: new text and a new look have their effects in Show
// and SetLook.
package transcript

import (
	"hash/maphash"
	"strings"
	"time"

	"relaytop/state/session"
	"relaytop/ui/markdown"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/widget"
)

// Look is what the drawn lines depend on besides the messages.
type Look struct {
	Styles    *style.Styles
	Keys      *pane.Keys // that hints name
	Width     int        // cells
	Height    int        // lines of messages that are shown
	Low       bool       // the pane is low: explanations take one line
	Typing    bool       // letters are text: hints for a letter begin with the key that leaves the composer
	Focused   bool       // the pane has the keys
	Streaming bool       // an answer of the chat is in flight
	Now       time.Time  // of running figures
}

// Model is the transcript of one chat.
type Model struct {
	chat   string
	list   messages
	view   viewport
	marked marking
	mouse  mouse
	found  found
	chosen int64 // the message that single letters are about; 0: the last one
	dirty  bool
}

// New returns an empty transcript that follows the end of its chat. The kit is shared with other texts.
func New(kit *markdown.Kit) *Model {
	t := &Model{dirty: true}
	t.list = messages{kit: kit, drawn: map[int64]*entry{}}
	t.view = viewport{list: &t.list, place: place{follow: true}}
	t.mouse = mouse{again: rollPause, seed: maphash.MakeSeed()}
	return t
}

// Enter shows another chat, at its end.
func (t *Model) Enter(chat string, views []session.View) {
	t.chat, t.dirty = chat, true
	t.list.views, t.list.drawn = views, map[int64]*entry{}
	t.drop()
	t.marked.paused = false
	t.view.place = place{follow: true}
	t.chosen = 0
	if chat != t.found.hit.Chat || t.found.open { // it was opened by other means than the hit
		t.found = found{}
	}
}

// Show takes the newest views of the chat's messages. The slice is not copied: the caller may replace views in it. The
// view follows the end if the message at its top is no longer on the shown path. SetLook must follow.
func (t *Model) Show(views []session.View) {
	t.list.views, t.dirty = views, true
	if p := &t.view.place; !p.follow && t.list.index(p.at) < 0 {
		p.follow = true
	}
}

// SetLook sets how to draw. Another width ends a marking, and so does a change of the marked text.
func (t *Model) SetLook(k Look) {
	if k.Width != t.list.look.Width {
		t.Unmark()
	}
	t.list.look, t.dirty = k, t.dirty || k != t.list.look
	t.checkMarked()
}

// Dirty reports whether Draw may return different lines than the last time.
func (t *Model) Dirty() bool { return t.dirty }

// Frame is a drawn transcript. Each line is exactly as wide as the look says. Above and Below may be empty.
type Frame struct {
	Above string // tells how much is off the screen above
	Lines []string
	Below string // tells how much is new, or off the screen below
}

// Draw returns the lines that are on the screen.
func (t *Model) Draw() Frame {
	t.dirty = false
	w := t.view.show()
	f := Frame{Above: t.view.aboveLine(&w)}
	t.point(&w, t.tint(&w))
	if t.marked.on {
		t.tintMarked(&w)
	}
	f.Lines, f.Below = w.lines, t.view.belowLine(&w)
	return f
}

// point marks the selected message in the margin, if letters are commands or a message was chosen. The mark is on the
// first line of the message, or on visible line at if that is not -1.
func (t *Model) point(w *visible, at int) {
	k := &t.list.look
	if k.Typing && t.chosen == 0 || !k.Focused {
		return
	}
	v, ok := t.Selected()
	if !ok {
		return
	}
	for i, id := range w.owner {
		if id == v.ID && (i == at || at < 0 && strings.TrimSpace(w.lines[i]) != "") {
			w.lines[i] = k.Styles.Accent.Bold().Paint(k.Styles.Glyphs.Prompt) + cutLeft(w.lines[i])
			return
		}
	}
}

// fit cuts or pads a line to the width.
func (k *Look) fit(s string) string { return widget.Fit(s, k.Width) }
