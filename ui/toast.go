package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/ui/pane"
)

const (
	toastFor  = 4 * time.Second // how long a toast stays
	readAfter = time.Second     // how long keys leave a toast alone: after that it was read, or is in the way
)

// toast is one line in the footer's place that goes away by itself.
type toast struct {
	msg    pane.ToastMsg // its Text is "" when no toast is shown
	id     int           // counts the toasts
	at     time.Time     // when it was shown
	notice time.Time     // of the newest notice of the state that was shown
	ends   runEnds       // the runs whose end is announced
}

// toastEnd is the id of a toast whose time is over.
type toastEnd int

// show shows a line for toastFor, in place of the one that is shown now.
func (t *toast) show(level state.Level, text string) tea.Cmd {
	t.msg = pane.ToastMsg{Level: level, Text: text}
	t.id++
	t.at = time.Now()
	id := t.id
	return tea.Tick(toastFor, func(time.Time) tea.Msg { return toastEnd(id) })
}

// showNotice shows a notice of the state, if it is newer than the last one that was shown.
func (t *toast) showNotice(n state.Notice) tea.Cmd {
	if n.Text == "" || !n.At.After(t.notice) {
		return nil
	}
	t.notice = n.At
	return t.show(n.Level, n.Text)
}

// end clears the toast of that id; a later one stays.
func (t *toast) end(id toastEnd) {
	if int(id) == t.id {
		t.msg = pane.ToastMsg{}
	}
}

// dismiss clears a toast that was read when the next key comes. A failure stays for its whole time.
func (t *toast) dismiss() {
	if t.msg.Level != state.Bad && time.Since(t.at) >= readAfter {
		t.msg = pane.ToastMsg{}
	}
}
