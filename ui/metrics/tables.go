package metrics

import (
	"cmp"
	"fmt"
	"slices"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/meter"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// cell draws one cell of a row.
type cell func(st *style.Styles, r *meter.Row) string

// column is one column of a table; it is shown from a width of the table on.
type column struct {
	widget.Column
	least int
	cell  cell
}

// columnsOf are the columns of a table, the first of which has the title first.
func columnsOf(first string) []column {
	f := func(title string, w, least int, draw cell) column {
		return column{Column: widget.Column{Title: title, Width: w, Right: w > 0}, least: least, cell: draw}
	}
	ttft := func(share float64) cell {
		return func(st *style.Styles, r *meter.Row) string { return quantile(st, &r.TTFT, share) }
	}
	return []column{
		f(first, 0, 0, func(st *style.Styles, r *meter.Row) string { return st.Text.Paint(text.Line(r.Key)) }),
		f("req", 6, 0, func(st *style.Styles, r *meter.Row) string { return st.Text.Paint(widget.Count(r.Requests)) }),
		f("err %", 5, 0, errCell),
		f("TTFT p50", 8, 0, ttft(.5)),
		f("p95", 7, 60, ttft(.95)),
		f("p99", 7, 90, ttft(.99)),
		f("E2E p50", 7, 90, func(st *style.Styles, r *meter.Row) string { return quantile(st, &r.E2E, .5) }),
		f("tok/s", 5, 60, speedCell),
		f("cost", 9, 60, costCell),
		f("saved", 9, 90, savedCell),
	}
}

// rows draws a table of at most n rows. The last one counts those that do not fit.
func (p *page) rows(first string, rows []meter.Row, w, n int) []string {
	var shown []column
	var cols []widget.Column
	for _, f := range columnsOf(first) {
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
			cells = append(cells, []string{p.st.Faint.Paint(fmt.Sprintf("%d more", len(rows)-i))})
			break
		}
		var line []string
		for _, f := range shown {
			line = append(line, f.cell(p.st, &rows[i]))
		}
		cells = append(cells, line)
	}
	return widget.Table(p.st, w, cols, cells, -1)
}

func (p *page) models(w, n int) []string { return p.rows("model", p.view.Models, w, n) }

func errCell(st *style.Styles, r *meter.Row) string {
	if r.Failed == 0 {
		return st.Faint.Paint("0.0")
	}
	return st.Text.Paint(fmt.Sprintf("%.1f", 100*float64(r.Failed)/float64(max(r.Requests, 1))))
}

func speedCell(st *style.Styles, r *meter.Row) string {
	if r.TokPerSec <= 0 {
		return st.Faint.Paint(widget.None)
	}
	return st.Text.Paint(widget.Speed(r.TokPerSec))
}

func savedCell(st *style.Styles, r *meter.Row) string {
	if r.Requests == r.Failed {
		return st.Faint.Paint(widget.None)
	}
	if !r.SavedKnown {
		return st.Faint.Paint("unknown")
	}
	return widget.Saved(st, r.Saved.Dollars(), r.Saved < 0)
}

func costCell(st *style.Styles, r *meter.Row) string {
	switch {
	case r.Requests == r.Failed && r.Cost == 0:
		return st.Faint.Paint(widget.None)
	case r.Unknown > 0 && r.Unknown >= r.Requests-r.Failed:
		return st.Faint.Paint("unknown")
	}
	return st.Text.Paint(widget.About(r.Cost.Dollars(), r.Estimated))
}

// quantile draws the quantile of a share, .5 for the median, or a dash if it is unknown.
func quantile(st *style.Styles, q *meter.Quantiles, share float64) string {
	d, ok := q.At(share)
	if !ok {
		return st.Faint.Paint(widget.None)
	}
	return figure(st, widget.Duration(d), q.Enough(share))
}

// tables are models and endpoints, side by side where they fit, in n lines with their heads.
func (p *page) tables(n int) []string {
	st := p.st
	byModel := func(w int) []string {
		return append([]string{widget.Section(st, w, "by model",
			st.Faint.Paint("grey: too few samples"))}, p.models(w, n-2)...)
	}
	if !p.huge() {
		n--
		return append(byModel(p.w), p.warning(p.w))
	}
	left := (p.w - 3) * 97 / 153
	right := p.w - left - 3
	head := st.Faint.Paint("breakers closed")
	if len(p.breakers) > 0 { // the table has no row of an endpoint before a request there has ended
		head = p.worst(right - 14)
	}
	ends := append([]string{widget.Section(st, right, "by endpoint", head)},
		p.endpoints(right, n-2)...)
	return split(widget.Columns(3, widget.Block{Lines: byModel(left), W: left}, widget.Block{Lines: ends, W: right}))
}

// endpoints is the table by endpoint with the state of its breakers.
func (p *page) endpoints(w, n int) []string {
	const wide = 21 // of the breakers
	full := p.rows("endpoint", p.view.Endpoints, w-wide-2, n)
	st := p.st
	for i := range full {
		extra := st.Faint.Paint("breaker")
		switch {
		case i > len(p.view.Endpoints) || i == n && len(p.view.Endpoints) > n:
			extra = ""
		case i > 0:
			extra = p.breaker(p.view.Endpoints[i-1].Key, wide)
		}
		full[i] = widget.Fit(full[i], w-wide-2) + "  " + widget.Fit(extra, wide)
	}
	return full
}

// breaker is the worst state of an endpoint's breakers.
func (p *page) breaker(endpoint string, w int) string {
	st := p.st
	var worst *state.Breaker
	count := 0
	for i := range p.breakers {
		if b := &p.breakers[i]; b.Endpoint == endpoint {
			if count++; worst == nil || b.State == relay.BreakerOpen {
				worst = b
			}
		}
	}
	if worst == nil {
		return st.OK.Paint(st.Glyphs.Closed) + st.Text.Paint(" closed")
	}
	return text.Truncate(p.broken(worst), w)
}

// broken is a breaker that is not closed: its state, and when it lets a probe through.
func (p *page) broken(b *state.Breaker) string {
	st := p.st
	if b.State != relay.BreakerOpen {
		return st.Warn.Paint(st.Glyphs.HalfOpen) + st.Text.Paint(" half-open, probing")
	}
	s := st.Error.Paint(st.Glyphs.Open) + st.Text.Paint(" open")
	switch left := b.Until.Sub(p.now); {
	case b.Until.IsZero():
	case left > 0:
		s += st.Text.Paint(", probe in " + widget.Countdown(left))
	default: // the next request is the probe
		s += st.Text.Paint(", ready to probe")
	}
	return s
}

// extras are failures by class and the requests in flight now.
func (p *page) extras() []string {
	left := (p.w - 3) / 2
	right := p.w - left - 3
	return split(widget.Columns(3, widget.Block{Lines: p.failures(left, 3), W: left},
		widget.Block{Lines: p.current(right, 2), W: right}))
}

// failures are the classes of the failed requests, the most frequent first, as many a line as fit.
func (p *page) failures(w, lines int) []string {
	st, f := p.st, &p.view.Figures
	type entry struct {
		class relay.Class
		n     int64
	}
	var all []entry
	for c, n := range p.view.Classes {
		if n > 0 {
			all = append(all, entry{c, n})
		}
	}
	slices.SortFunc(all, func(a, b entry) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.class, b.class)) })
	of := func(n, all int64, what string) string {
		return st.Text.Paint(widget.Count(n)) + st.Muted.Paint(" of "+widget.Count(all)+" "+what)
	}
	right := of(f.Failed, f.OK+f.Failed, "requests") + "   " + of(f.FailedAttempts, f.Attempts, "attempts")
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
func (p *page) current(w, n int) []string {
	st, f := p.st, &p.view.Figures
	named := func(name, value string) string { return st.Muted.Paint(name+" ") + value }
	count := func(v int) string { return st.Text.Paint(widget.Count(int64(v))) }
	head := named("in flight", count(f.InFlight)) + "   " + named("queued", count(f.Queued)) + "   " +
		named("waiting", count(f.Waiting))
	own := named("our own queue p50", quantile(st, &f.Queue, .5)) + "   " +
		named("p95", quantile(st, &f.Queue, .95)) + "   " + named("TPOT p50", quantile(st, &f.TPOT, .5))
	return append([]string{widget.Section(st, w, "now", head), widget.Fit(own, w)},
		p.limits(w, n)...)
}
