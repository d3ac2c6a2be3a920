// Package metrics is the pane of figures: latency percentiles, requests, tokens, errors and money over time, tables
// by model and by endpoint. It asks the store for a view by window and width in Refresh and when the window
// changes, and draws from what it got; nothing is drawn that did not change. A figure without data is a dash or a
// gap, never a zero. A percentile with too few samples is grey.
package metrics

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/meter"
	"relaytop/ui/pane"
)

// Source is what the pane needs of the state. It derives figures at most four times a second, however often it is
// asked.
type Source interface {
	View(w meter.Window, columns int) meter.View
}

// Model is the pane.
type Model struct {
	env     *pane.Env
	source  Source
	actions []pane.Action

	w, h   int
	window meter.Window
	turned int // index of the page that is shown

	selected target
	cursor   time.Time // the moment under the cursor; zero: there is none
	paused   bool      // the picture is that of now, whatever happens

	view     meter.View
	version  uint64 // of the metrics that view is from
	unread   bool   // the size changed since view was asked for
	breakers []state.Breaker
	health   state.Health
	allowed  []relay.Allowance
	budget   budget
	now      time.Time
	drawn    drawn
}

// drawn is the last drawing and what it was made of.
type drawn struct {
	screen string
	key    drawKey
	stale  bool // what is drawn changed
}

// drawKey is what a drawing depends on besides the figures.
type drawKey struct {
	w, h int
	gen  int   // of the styles
	left int64 // of all countdowns, in seconds
}

// New makes the pane. It opens on the last minute, the usual window of every figure.
func New(env *pane.Env, source Source) *Model {
	m := &Model{env: env, source: source, window: meter.Minute, unread: true}
	m.actions = m.table()
	env.Keys.Add(m.actions)
	return m
}

// Name is the pane's short name.
func (m *Model) Name() string { return "metrics" }

// Typing is false: the pane takes no text.
func (m *Model) Typing() bool { return false }

// Cursor is nil: there is nothing to type into.
func (m *Model) Cursor() *tea.Cursor { return nil }

// Focus does nothing: the pane looks the same with and without the keys.
func (m *Model) Focus(bool) {}

// Actions are the pane's keys.
func (m *Model) Actions() []pane.Action { return m.actions }

// Resize gives the inner size. Another size has other pages: it begins with the first.
func (m *Model) Resize(w, h int) {
	if w != m.w || h != m.h {
		m.w, m.h, m.unread, m.turned = w, h, true, 0
	}
}

// Refresh takes breakers and limits, and asks the meter for the view if it changed. A paused pane takes nothing.
func (m *Model) Refresh(s *state.Snapshot) {
	if m.paused {
		return
	}
	now, shown := &s.Figures, &m.view.Figures
	// These change with every event, the version only with derived figures.
	moved := now.InFlight != shown.InFlight || now.Queued != shown.Queued || now.Waiting != shown.Waiting
	if moved || m.unread || s.Meter != m.version {
		m.version = s.Meter
		m.ask()
	}
	if !slices.Equal(s.Breakers, m.breakers) || !slices.Equal(s.Limits, m.allowed) {
		m.drawn.stale = true
	}
	day := budget{s.DayLimit, max(s.DaySpent-s.Spent.Cost, 0)}
	if day != m.budget || s.Health.Failed != m.health.Failed || !slices.Equal(s.Health.Quirks, m.health.Quirks) {
		m.drawn.stale = true
	}
	m.breakers, m.health, m.allowed, m.budget, m.now = s.Breakers, s.Health, s.Limits, day, s.At
}

// shortest is the least that the axis of the whole run shows: a few seconds are not stretched over its width.
const shortest = time.Minute

// ask fetches the view of the window. The buckets of a run that is younger than the axis are put at its right edge.
func (m *Model) ask() {
	m.view, m.unread = m.source.View(m.window, m.page().columns()), false
	m.drawn.stale = true
	v := &m.view
	if m.window != meter.Run || v.Step <= 0 || v.Span >= shortest {
		return
	}
	pad := int((shortest - v.Span) / v.Step)
	v.Buckets = append(make([]meter.Bucket, pad, pad+len(v.Buckets)), v.Buckets...)
	for i := range v.Lines {
		l := &v.Lines[i]
		for _, line := range []*[]meter.Point{&l.P50, &l.P95, &l.P99} {
			*line = append(make([]meter.Point, pad, pad+len(*line)), *line...)
		}
	}
	if len(v.Heat.Cells) > 0 {
		v.Heat.Cells = append(make([][]int, pad, pad+len(v.Heat.Cells)), v.Heat.Cells...)
	}
	v.Span += time.Duration(pad) * v.Step
}
