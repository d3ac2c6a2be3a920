package metrics

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/meter"
)

// at is the index of the bucket under the cursor, -1 if there is no cursor or it left the chart.
func (m *Model) at() int {
	v := &m.view
	if m.cursor.IsZero() || v.Step <= 0 || !m.cursor.Before(v.End) {
		return -1
	}
	return max(len(v.Buckets)-1-int(v.End.Sub(m.cursor)/v.Step), -1)
}

// middle is the moment in the middle of a bucket.
func middle(v *meter.View, bucket int) time.Time {
	return v.End.Add(-time.Duration(len(v.Buckets)-1-bucket)*v.Step - v.Step/2)
}

// moveCursor moves the cursor by cells of a chart. Without a cursor it begins at the newest bucket.
func (m *Model) moveCursor(cells int) func() tea.Cmd {
	return func() tea.Cmd {
		n := len(m.view.Buckets)
		if n == 0 {
			return nil
		}
		p := m.page()
		to := p.cursor + cells*max(n/max(p.plotWidth(), 1), 1)
		if p.cursor < 0 {
			to = n - 1
		}
		m.cursor = middle(&m.view, min(max(to, 0), n-1))
		m.drawn.stale = true
		return nil
	}
}

// plotWidth is the width of the widest plot on the page.
func (p *page) plotWidth() int {
	w := 0
	for _, at := range p.places() {
		if at.part.chart() {
			w = max(w, at.w-gutter)
		}
	}
	return w
}

// unlessCharts says why there is nothing for a cursor to read.
func (m *Model) unlessCharts() string {
	if len(m.view.Buckets) == 0 {
		return "there is nothing to read yet"
	}
	return ""
}

// clear takes the selection off, then the cursor.
func (m *Model) clear() tea.Cmd {
	if m.selected.on {
		m.selected = target{}
	} else {
		m.cursor = time.Time{}
	}
	m.drawn.stale = true
	return nil
}

func (m *Model) unlessMarked() string {
	if !m.selected.on && m.cursor.IsZero() {
		return "there is neither a cursor nor a selection"
	}
	return ""
}

// pause stops the picture, or lets it go on. The counting goes on in both cases.
func (m *Model) pause() tea.Cmd {
	m.paused = !m.paused
	if !m.paused {
		m.unread = true // the next snapshot is taken whatever its version
	}
	return nil
}

func (m *Model) pauseWord() string {
	if m.paused {
		return "go on"
	}
	return "pause"
}
