package metrics

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"relaytop/relay"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// failures are the classes of the failed requests, the most frequent first, as many a line as fit.
func (p *page) failures(w, h int) []string {
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
	out := []string{widget.Section(st, w, "failed by class", fits(w, "failed by class", right))}
	const gap = 4
	across := max((w+gap)/(32+gap), 1)
	col := (w - (across-1)*gap) / across
	for y := range h - 1 {
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

// current is what is in flight, queued and waiting now, our own queue time, and the last attempt that failed.
func (p *page) current(w, h int) []string {
	st, f := p.st, &p.view.Figures
	named := func(name, value string) string { return st.Muted.Paint(name+" ") + value }
	count := func(v int) string { return st.Text.Paint(widget.Count(int64(v))) }
	head := named("in flight", count(f.InFlight)) + "   " + named("queued", count(f.Queued)) + "   " +
		named("waiting", count(f.Waiting))
	queue := named("our own queue p50", quantile(st, &f.Queue, .5)) + "  " + named("p95", quantile(st, &f.Queue, .95))
	tpot := "   " + named("TPOT p50", quantile(st, &f.TPOT, .5))
	if widget.Width(queue+tpot) <= w {
		queue += tpot
	}
	out := []string{widget.Section(st, w, "now", fits(w, "now", head, named("in flight", count(f.InFlight)))),
		widget.Fit(queue, w), p.lastFailure(w)}
	if f.Judged > 0 {
		share := fmt.Sprintf("%.1f %%", 100*float64(f.Good)/float64(f.Judged))
		out = append(out, widget.Spread(st.Muted.Paint("within objectives  ")+st.Text.Paint(widget.Count(f.Good))+
			st.Muted.Paint(" of "+widget.Count(f.Judged)), st.Text.Paint(share), w))
	}
	return out[:min(h, len(out))]
}

// lastFailure is the last attempt that failed, with the time of day.
func (p *page) lastFailure(w int) string {
	st, l := p.st, &p.health.Failed
	if l.At.IsZero() {
		return widget.Fit(st.Faint.Paint("no attempt has failed"), w)
	}
	what := string(l.Class)
	if l.Status != 0 {
		what = strconv.Itoa(l.Status) + " " + what
	}
	return widget.Spread(st.Muted.Paint("last failure  ")+st.Text.Paint(what)+st.Muted.Paint(", "+text.Line(l.Endpoint)),
		st.Faint.Paint(l.At.Format("15:04:05")), w)
}

// sparks are the rates of requests and tokens as two lines of one cell's height, for a screen without room for
// charts.
func (p *page) sparks(w int) string {
	st, f := p.st, &p.view.Figures
	const gap, label, value = 3, 6, 6
	half := (w - gap) / 2
	one := func(name, figure string, ink style.Ink, of func(c *bar) float64) string {
		n := max(half-label-value, 0)
		cols, top := make([][]widget.Part, n), 0.0
		for i, c := range p.fold(n, true) {
			v := per(of(&c), c.seconds)
			top = max(top, v)
			cols[i] = []widget.Part{{Share: v, Ink: ink}}
		}
		line := widget.Blank(n)
		if top > 0 {
			line = widget.Fit(widget.Stack(st, n, 1, cols, top)[0], n)
		}
		return st.Text.Bold().Paint(name) + " " + line + widget.FitRight(st.Text.Paint(figure), value)
	}
	req, tok := widget.None, widget.None
	if f.Any {
		req = widget.Rate(f.ReqPerSec)
	}
	if f.Any || f.TokPerSec > 0 {
		tok = fmt.Sprintf("%.0f", f.TokPerSec)
	}
	left := one("req/s", req, st.Fill[0], func(c *bar) float64 { return c.ok + c.bad() })
	return widget.Fit(left, half+gap) + one("tok/s", tok, st.Fill[1], func(c *bar) float64 { return c.tokens })
}
