package metrics

import (
	"fmt"

	"relaytop/state/meter"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// models is the table by model; wide has p99, E2E and what was saved besides.
func (m *Model) models(w, n int, wide bool) []string {
	cols := []widget.Column{{Title: "model"}, {Title: "req", Width: 6, Right: true}, {Title: "err %", Width: 5, Right: true},
		{Title: "TTFT p50", Width: 8, Right: true}, {Title: "p95", Width: 7, Right: true}, {Title: "tok/s", Width: 5, Right: true}, {Title: "cost", Width: 9, Right: true}}
	if wide {
		cols = []widget.Column{{Title: "model"}, {Title: "req", Width: 6, Right: true}, {Title: "err %", Width: 5, Right: true}, {Title: "TTFT p50", Width: 8, Right: true},
			{Title: "p95", Width: 7, Right: true}, {Title: "p99", Width: 7, Right: true}, {Title: "E2E p50", Width: 7, Right: true}, {Title: "tok/s", Width: 5, Right: true},
			{Title: "cost", Width: 9, Right: true}, {Title: "saved", Width: 9, Right: true}}
	}
	var rows [][]string
	for i := range m.view.Models {
		if i == n-1 && len(m.view.Models) > n {
			rows = append(rows, []string{m.env.Styles.Faint.Paint(fmt.Sprintf("%d more", len(m.view.Models)-i))})
			break
		}
		rows = append(rows, m.row(&m.view.Models[i], wide))
	}
	return widget.Table(m.env.Styles, w, cols, rows, -1)
}

// row is one line of a table.
func (m *Model) row(r *meter.Row, wide bool) []string {
	st := m.env.Styles
	errs := st.Faint.Paint("0.0")
	if r.Failed > 0 {
		errs = st.Text.Paint(fmt.Sprintf("%.1f", 100*float64(r.Failed)/float64(max(r.Requests, 1))))
	}
	out := []string{st.Text.Paint(text.Line(r.Key)), st.Text.Paint(widget.Count(r.Requests)), errs,
		m.quantile(&r.TTFT, .5), m.quantile(&r.TTFT, .95)}
	if wide {
		out = append(out, m.quantile(&r.TTFT, .99), m.quantile(&r.E2E, .5))
	}
	speed := st.Faint.Paint("–")
	if r.TokPerSec > 0 {
		speed = st.Text.Paint(fmt.Sprintf("%.0f", r.TokPerSec))
	}
	out = append(out, speed, m.money(r))
	if wide {
		saved := st.Faint.Paint("unknown")
		if r.SavedKnown {
			saved = st.OK.Paint(widget.Money(int64(r.Saved)))
		}
		out = append(out, saved)
	}
	return out
}

func (m *Model) quantile(q *meter.Quantiles, p float64) string {
	if q.N == 0 {
		return m.env.Styles.Faint.Paint("–")
	}
	v := q.P50
	switch p {
	case .95:
		v = q.P95
	case .99:
		v = q.P99
	}
	return m.figure(widget.Duration(v), q.Enough(p))
}

func (m *Model) money(r *meter.Row) string {
	st := m.env.Styles
	if r.Unknown > 0 && r.Unknown >= r.Requests-r.Failed {
		return st.Faint.Paint("unknown")
	}
	s := widget.Money(int64(r.Cost))
	if r.Estimated {
		s = "~" + s
	}
	return st.Text.Paint(s)
}

// endpoints is the table by endpoint.
func (m *Model) endpoints(w, n int) []string {
	cols := []widget.Column{{Title: "endpoint"}, {Title: "req", Width: 6, Right: true}, {Title: "err %", Width: 5, Right: true}, {Title: "TTFT p50", Width: 8, Right: true},
		{Title: "tok/s", Width: 5, Right: true}, {Title: "cost", Width: 9, Right: true}}
	var rows [][]string
	for i := range m.view.Endpoints[:min(n, len(m.view.Endpoints))] {
		full := m.row(&m.view.Endpoints[i], false)
		rows = append(rows, []string{full[0], full[1], full[2], full[3], full[5], full[6]})
	}
	return widget.Table(m.env.Styles, w, cols, rows, -1)
}
