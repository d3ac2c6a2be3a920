// Package metrics is the pane of figures: latency percentiles, requests, tokens, errors and money over time, and a table by model. It
// asks the store for a view by window and width, at most four times a second, and draws nothing that did not change.
package metrics

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/state/meter"
	"relaytop/ui/pane"
)

// every is the shortest time between two looks at the meter: a quantile is computed when it is drawn, at most 4 times a second.
const every = 250 * time.Millisecond

// Store is what the pane wants of the state.
type Store interface {
	Meter(w meter.Window, columns int) meter.View
}

// page is what the two small charts show.
type page uint8

const (
	volumes page = iota // req/s and tok/s
	errors              // error rate and cost
	pages
)

// Model is the pane.
type Model struct {
	env     *pane.Env
	store   Store
	actions []pane.Action

	w, h    int
	focused bool
	window  meter.Window
	page    page

	view    meter.View
	asked   time.Time
	version uint64
	stale   bool // the view must be asked for again
	drawn   string
	key     drawKey
}

// drawKey tells whether the drawn text still holds.
type drawKey struct {
	w, h, generation int
	version          uint64
	window           meter.Window
	page             page
}

// New makes the pane. It opens on the last minute, the usual window of every figure.
func New(env *pane.Env, store Store) *Model {
	m := &Model{env: env, store: store, window: meter.Minute, stale: true}
	m.actions = m.table()
	return m
}

// Name is the pane's short name.
func (m *Model) Name() string { return "metrics" }

// Title is empty: the window stands in Status.
func (m *Model) Title() string { return "" }

// Typing is false: the pane takes no text.
func (m *Model) Typing() bool { return false }

// Cursor is nil: there is nothing to type into.
func (m *Model) Cursor() *tea.Cursor { return nil }

// Focus says whether the pane has the keys.
func (m *Model) Focus(on bool) { m.focused = on }

// Actions are the pane's keys.
func (m *Model) Actions() []pane.Action { return m.actions }

// Resize gives the inner size.
func (m *Model) Resize(w, h int) {
	if w != m.w || h != m.h {
		m.w, m.h, m.stale = w, h, true
	}
}

// Refresh takes note that the metrics changed. The meter itself is asked when the pane is drawn.
func (m *Model) Refresh(s *state.Snapshot) {
	if s.Meter != m.version || s.Busy {
		m.version, m.stale = s.Meter, m.stale || s.At.Sub(m.asked) >= every
	}
}
