package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/ui/inspect"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
)

// toastFor is how long a line of the message line stays.
const toastFor = 4 * time.Second

// model is the root: it owns the size, the focus, the dialogs and the frame. What a pane shows is the pane's own.
type model struct {
	store  Store
	env    *pane.Env
	opts   Options
	panes  [numPanes]pane.Pane
	look   *inspect.Model // lies over the panes while looking is set
	keys   []pane.Action
	frames framer
	snap   *state.Snapshot

	looking  bool
	w, h     int
	layout   layout
	focus    int
	zoom     bool
	split    float64 // chat's share of the width; 0: the usual one
	dragging bool
	grip     int // the pane on which the mouse's button is down, or noPane
	mouseOff bool

	dialogs   *overlay.Stack
	theme     string // the name of the look
	clip      clipboard
	toast     pane.ToastMsg
	toastID   int
	toastAt   time.Time
	seen      time.Time    // of the newest notice that was shown
	armed     time.Time    // until when a second ctrl+c quits
	saveDraft func() error // of what is typed and not sent
	asked     time.Time    // until when asking to quit once more quits, though a run goes on

	stale        bool
	screen       tea.View
	boxes        [numPanes]box
	inspectorBox box
	stats        FrameStats
}

// newModel builds the root around panes that are already made.
func newModel(store Store, env *pane.Env, panes [numPanes]pane.Pane, frames framer, o Options) *model {
	m := &model{store: store, env: env, opts: o, panes: panes, look: inspect.New(env, store), frames: frames,
		dialogs: overlay.NewStack(env), grip: noPane, clip: newClipboard(o.Environ, o.Copied), stale: true}
	m.keys = m.globals()
	m.panes[paneChat].Focus(true)
	return m
}

// Init takes the first snapshot and arms the one wait for frames.
func (m *model) Init() tea.Cmd {
	m.refresh()
	return tea.Batch(m.arm(), m.opts.Start, tea.RequestBackgroundColor)
}

// arm starts the wait for the next frame.
func (m *model) arm() tea.Cmd { return m.frames.wait(m.snap.NextTick) }

// refresh takes a snapshot and hands it to the panes that are shown.
func (m *model) refresh() {
	m.snap = m.store.Snapshot()
	for i, p := range m.panes {
		if m.shown(i) {
			p.Refresh(m.snap)
		}
	}
	if m.looking {
		m.look.Refresh(m.snap)
	}
	m.stale = true
}

// front is what has the keys: the inspector while it is open, else the focused pane.
func (m *model) front() pane.Pane {
	if m.looking {
		return m.look
	}
	return m.panes[m.focus]
}

// say shows one line on the message line for a few seconds.
func (m *model) say(level state.Level, text string) tea.Cmd {
	m.toast, m.stale = pane.ToastMsg{Level: level, Text: text}, true
	m.toastID++
	m.toastAt = time.Now()
	id := m.toastID
	return tea.Tick(toastFor, func(time.Time) tea.Msg { return toastEnd(id) })
}

// readAfter is how long a toast is left alone by keys: it was read then, or is in the way.
const readAfter = time.Second

// dismissToast clears a toast that was read: what it says is not about the next key. A failure stays for its time.
func (m *model) dismissToast() {
	if m.toast.Text != "" && m.toast.Level != state.Bad && time.Since(m.toastAt) >= readAfter {
		m.toast = pane.ToastMsg{}
	}
}

// toastEnd clears the message line, if it still shows what it was for.
type toastEnd int
