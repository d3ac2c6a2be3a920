package ui

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
)

// model is the root: it owns the size, the focus, the dialogs and the frame. What a pane shows is the pane's own.
type model struct {
	store     *state.Store
	env       *pane.Env
	opts      Options
	panes     [numPanes]pane.Pane
	inspector inspector
	keys      []pane.Action // those that work in every pane

	frames  framer
	snap    *state.Snapshot // nil before the first one
	layout  layout
	screen  screen
	pointer pointer

	dialogs *overlay.Stack
	theme   theme
	toast   toast
	exit    exit
}

// newModel builds the root around panes that are already made.
func newModel(store *state.Store, env *pane.Env, panes [numPanes]pane.Pane, frames framer, o Options) *model {
	m := &model{store: store, env: env, opts: o, panes: panes, frames: frames,
		inspector: newInspector(env, store.Requests()), dialogs: overlay.NewStack(env),
		pointer: pointer{grip: noPane}, screen: screen{stale: true},
		theme: theme{dir: o.Themes, look: o.Look, chosen: o.Theme}}
	m.keys = m.globals()
	env.Keys.Add(m.keys)
	m.panes[paneChat].Focus(true)
	return m
}

// Init takes the first snapshot and starts the one wait for frames.
func (m *model) Init() tea.Cmd {
	m.refresh()
	return tea.Batch(m.nextFrame(), m.opts.Start, tea.RequestBackgroundColor)
}

// nextFrame starts the wait for the next frame.
func (m *model) nextFrame() tea.Cmd { return m.frames.wait(m.snap.NextTick) }

// refresh takes a snapshot and hands it to the panes that are shown and to the dialogs.
func (m *model) refresh() {
	m.snap = m.store.Snapshot()
	for i, p := range m.panes {
		if m.layout.shown(i) {
			p.Refresh(m.snap)
		}
	}
	if m.inspector.open {
		m.inspector.pane.Refresh(m.snap)
	}
	m.dialogs.Refresh()
	m.screen.stale = true
}

// front is the pane that has the keys: the inspector while it is open, else the focused one.
func (m *model) front() pane.Pane {
	if m.inspector.open {
		return m.inspector.pane
	}
	return m.panes[m.layout.focus]
}
