package metrics

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/pane"
)

// target is what is selected: a row of a table by its key, or a chart, whose key is "".
type target struct {
	on   bool
	part part
	key  string
}

func (t target) is(of part, key string) bool { return t.on && t.part == of && t.key == key }

// chart reports whether a part has a time axis.
func (of part) chart() bool { return of <= partFlight }

// table reports whether a part has rows by model, endpoint or lane.
func (of part) table() bool { return of == partModels || of == partEndpoints || of == partLanes }

// targets are the charts and rows of the page that can be selected, in the order of reading.
func (p *page) targets() []target {
	var out []target
	for _, at := range p.places() {
		switch {
		case at.part.chart():
			out = append(out, target{on: true, part: at.part})
		case at.part.table():
			for _, r := range p.rowsOf(at.part)[:p.fitting(at.part, at.h)] {
				out = append(out, target{on: true, part: at.part, key: r.Key})
			}
		}
	}
	return out
}

// choose selects the next chart or row, or the one before.
func (m *Model) choose(by int) func() tea.Cmd {
	return func() tea.Cmd {
		all := m.page().targets()
		if len(all) == 0 {
			return nil
		}
		i := slices.Index(all, m.selected)
		switch {
		case i >= 0:
			i = min(max(i+by, 0), len(all)-1)
		case by < 0:
			i = len(all) - 1
		default:
			i = 0
		}
		m.selected, m.drawn.stale = all[i], true
		return nil
	}
}

// open asks for the requests of what is selected: of a row, of the moment under the cursor, or of both. With neither
// these are all of the window.
func (m *Model) open() tea.Cmd {
	v := &m.view
	f := pane.RequestFilter{From: v.End.Add(-v.Span), To: v.End}
	if i := m.at(); i >= 0 {
		at := middle(v, i)
		f.From, f.To = at.Add(-v.Step/2), at.Add(v.Step/2)
	}
	if v.Step <= 0 {
		f = pane.RequestFilter{}
	}
	switch s := m.selected; {
	case !s.on:
	case s.part == partModels:
		f.Model = s.key
	case s.part == partEndpoints:
		f.Endpoint = s.key
	case s.part == partLanes:
		f.Lane = s.key
	case s.part == partAttempts:
		f.Troubled = true
	}
	return func() tea.Msg { return pane.RequestsMsg{Filter: f} }
}

// click selects the chart or the row at a cell, and puts the cursor on the moment of a chart.
func (m *Model) click(x, y int) {
	p := m.page()
	for _, at := range p.places() {
		if x < at.x || x >= at.x+at.w || y < at.y || y >= at.y+at.h {
			continue
		}
		switch {
		case at.part.chart():
			p.draw(at)
			m.selected = target{on: true, part: at.part}
			plot, n := at.w-p.gutters[at.part], len(m.view.Buckets)
			if column := x - at.x - p.gutters[at.part]; column >= 0 && n > 0 {
				m.cursor = middle(&m.view, column*n/plot)
			}
		case at.part.table():
			row := y - at.y - 1 // below the names of the columns
			if p.layout.grid.heads {
				row--
			}
			if row >= 0 && row < p.fitting(at.part, at.h) {
				m.selected = target{on: true, part: at.part, key: p.rowsOf(at.part)[row].Key}
			}
		}
		m.drawn.stale = true
	}
}
