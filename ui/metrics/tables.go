package metrics

import (
	"cmp"
	"fmt"
	"slices"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/meter"
	"relaytop/ui/pane"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// field is one column of a table; it is shown from a width of the table on.
type field struct {
	widget.Column
	least int
	cell  func(m *Model, r *meter.Row) string
}

func fields(first string) []field {
	f := func(title string, w, least int, cell func(m *Model, r *meter.Row) string) field {
		return field{Column: widget.Column{Title: title, Width: w, Right: w > 0}, least: least, cell: cell}
	}
	ttft := func(p float64) func(m *Model, r *meter.Row) string {
		return func(m *Model, r *meter.Row) string { return m.quantile(&r.TTFT, p) }
	}
	return []field{
		f(first, 0, 0, func(m *Model, r *meter.Row) string { return m.env.Styles.Text.Paint(text.Line(r.Key)) }),
		f("req", 6, 0, func(m *Model, r *meter.Row) string { return m.env.Styles.Text.Paint(widget.Count(r.Requests)) }),
		f("err %", 5, 0, errCell),
		f("TTFT p50", 8, 0, ttft(.5)),
		f("p95", 7, 60, ttft(.95)),
		f("p99", 7, 90, ttft(.99)),
		f("E2E p50", 7, 90, func(m *Model, r *meter.Row) string { return m.quantile(&r.E2E, .5) }),
		f("tok/s", 5, 60, speedCell),
		f("cost", 9, 60, costCell),
		f("saved", 9, 90, savedCell),
	}
}

// rows draws a table of at most n rows. The last one counts those that do not fit.
func (m *Model) rows(first string, rows []meter.Row, w, n int) []string {
	var shown []field
	var cols []widget.Column
	for _, f := range fields(first) {
		if f.Title == "req" && w < 50 {
			f.Width = 5
		}
		if w >= f.least {
			shown, cols = append(shown, f), append(cols, f.Column)
		}
	}
	var cells [][]string
	for i := range rows {
		if i == n-1 && len(rows) > n {
			cells = append(cells, []string{m.env.Styles.Faint.Paint(fmt.Sprintf("%d more", len(rows)-i))})
			break
		}
		var line []string
		for _, f := range shown {
			line = append(line, f.cell(m, &rows[i]))
		}
		cells = append(cells, line)
	}
	return widget.Table(m.env.Styles, w, cols, cells, -1)
}

func (m *Model) models(w, n int) []string { return m.rows("model", m.view.Models, w, n) }

func errCell(m *Model, r *meter.Row) string {
	if r.Failed == 0 {
		return m.env.Styles.Faint.Paint("0.0")
	}
	return m.env.Styles.Text.Paint(fmt.Sprintf("%.1f", 100*float64(r.Failed)/float64(max(r.Requests, 1))))
}

func speedCell(m *Model, r *meter.Row) string {
	if r.TokPerSec <= 0 {
		return m.env.Styles.Faint.Paint(widget.None)
	}
	return m.env.Styles.Text.Paint(fmt.Sprintf("%.0f", r.TokPerSec))
}

func savedCell(m *Model, r *meter.Row) string {
	if r.Requests == r.Failed {
		return m.env.Styles.Faint.Paint(widget.None)
	}
	if !r.SavedKnown {
		return m.env.Styles.Faint.Paint("unknown")
	}
	return m.env.Styles.OK.Paint(widget.Money(int64(r.Saved)))
}

func costCell(m *Model, r *meter.Row) string {
	st := m.env.Styles
	switch {
	case r.Requests == r.Failed && r.Cost == 0:
		return st.Faint.Paint(widget.None)
	case r.Unknown > 0 && r.Unknown >= r.Requests-r.Failed:
		return st.Faint.Paint("unknown")
	}
	return st.Text.Paint(widget.About(widget.Money(int64(r.Cost)), r.Estimated))
}

// quantile paints the quantile p, or a dash if it is unknown.
func (m *Model) quantile(q *meter.Quantiles, p float64) string {
	d, ok := q.At(p)
	if !ok {
		return m.env.Styles.Faint.Paint(widget.None)
	}
	return m.figure(widget.Duration(d), q.Enough(p))
}

// tables are models and endpoints, side by side where they fit, in n lines with their heads.
func (m *Model) tables(n int) []string {
	st := m.env.Styles
	byModel := func(w int) []string {
		return append([]string{widget.Section(st, w, "by model",
			st.Faint.Paint("grey: too few samples"))}, m.models(w, n-2)...)
	}
	if !m.huge() {
		n--
		return append(byModel(m.w), m.warning(m.w))
	}
	left := (m.w - 3) * 97 / 153
	right := m.w - left - 3
	head := st.Faint.Paint("breakers closed")
	if len(m.breakers) > 0 { // the table has no row of an endpoint before a request there has ended
		head = m.worst(right - 14)
	}
	ends := append([]string{widget.Section(st, right, "by endpoint", head)},
		m.endpoints(right, n-2)...)
	return split(widget.Columns(3, widget.Block{Lines: byModel(left), W: left}, widget.Block{Lines: ends, W: right}))
}

// endpoints is the table by endpoint with the state of its breakers.
func (m *Model) endpoints(w, n int) []string {
	const wide = 21 // of the breakers
	full := m.rows("endpoint", m.view.Endpoints, w-wide-2, n)
	st := m.env.Styles
	for i := range full {
		extra := st.Faint.Paint("breaker")
		switch {
		case i > len(m.view.Endpoints) || i == n && len(m.view.Endpoints) > n:
			extra = ""
		case i > 0:
			extra = m.breaker(m.view.Endpoints[i-1].Key, wide)
		}
		full[i] = widget.Fit(full[i], w-wide-2) + "  " + widget.Fit(extra, wide)
	}
	return full
}

// breaker is the worst state of an endpoint's breakers.
func (m *Model) breaker(endpoint string, w int) string {
	st := m.env.Styles
	var worst *state.Breaker
	count := 0
	for i := range m.breakers {
		if b := &m.breakers[i]; b.Endpoint == endpoint {
			if count++; worst == nil || b.State == relay.BreakerOpen {
				worst = b
			}
		}
	}
	if worst == nil {
		return st.OK.Paint(st.Glyphs.Closed) + st.Text.Paint(" closed")
	}
	return text.Truncate(m.broken(worst), w)
}

// broken is a breaker that is not closed: its state, and when it lets a probe through.
func (m *Model) broken(b *state.Breaker) string {
	st := m.env.Styles
	if b.State != relay.BreakerOpen {
		return st.Warn.Paint(st.Glyphs.HalfOpen) + st.Text.Paint(" half-open, probing")
	}
	s := st.Error.Paint(st.Glyphs.Open) + st.Text.Paint(" open")
	switch left := b.Until.Sub(m.now); {
	case b.Until.IsZero():
	case left > 0:
		s += st.Text.Paint(", probe in " + widget.Countdown(left))
	default: // the next request is the probe
		s += st.Text.Paint(", ready to probe")
	}
	return s
}

// extras are failures by class and the requests in flight now.
func (m *Model) extras() []string {
	left := (m.w - 3) / 2
	right := m.w - left - 3
	return split(widget.Columns(3, widget.Block{Lines: m.failures(left, 3), W: left},
		widget.Block{Lines: m.current(right, 2), W: right}))
}

// failures are the classes of the failed requests, the most frequent first, as many a line as fit.
func (m *Model) failures(w, lines int) []string {
	st, f := m.env.Styles, &m.view.Figures
	type entry struct {
		class relay.Class
		n     int64
	}
	var all []entry
	for c, n := range m.view.Classes {
		if n > 0 {
			all = append(all, entry{c, n})
		}
	}
	slices.SortFunc(all, func(a, b entry) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.class, b.class)) })
	of := func(n, all int64, what string) string {
		return st.Text.Paint(widget.Count(n)) + st.Muted.Paint(" of "+widget.Count(all)+" "+what)
	}
	right := of(f.Failed, f.OK+f.Failed, "requests") + "   " + of(f.Retried, f.Attempts, "attempts")
	if !f.Any && f.Attempts == 0 {
		right = st.Faint.Paint(widget.None)
	}
	out := []string{widget.Section(st, w, "failed by class", right)}
	const gap = 4
	across := max((w+gap)/(32+gap), 1)
	col := (w - (across-1)*gap) / across
	for y := range lines {
		var cells []widget.Block
		for x := range across {
			i := y*across + x
			if i >= len(all) {
				break
			}
			e := all[i]
			bar := widget.Meter(st, max(col-24, 1),
				[]widget.Part{{Share: float64(e.n) / float64(all[0].n), Ink: pane.GroupInk(st, e.class.Traits().Group)}})
			cell := widget.Fit(st.Muted.Paint(string(e.class)), 16) + bar + widget.FitRight(st.Text.Paint(widget.Count(e.n)),
				col-16-max(col-24, 1))
			cells = append(cells, widget.Block{Lines: []string{cell}, W: col})
		}
		out = append(out, widget.Columns(gap, cells...))
	}
	return out
}

// current is what is in flight, queued and waiting now, our own queue time, and the limits of n endpoints.
func (m *Model) current(w, n int) []string {
	st, f := m.env.Styles, &m.view.Figures
	pair := func(name, value string) string { return st.Muted.Paint(name+" ") + value }
	count := func(v int) string { return st.Text.Paint(widget.Count(int64(v))) }
	head := pair("in flight", count(f.InFlight)) + "   " + pair("queued", count(f.Queued)) + "   " +
		pair("waiting", count(f.Waiting))
	own := pair("our own queue p50", m.quantile(&f.Queue, .5)) + "   " + pair("p95", m.quantile(&f.Queue, .95)) + "   " +
		pair("TPOT p50", m.quantile(&f.TPOT, .5))
	return append([]string{widget.Section(st, w, "now", head), widget.Fit(own, w)},
		m.limits(w, n)...)
}
