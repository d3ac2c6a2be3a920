package metrics

import (
	"fmt"
	"math"
	"strings"

	"relaytop/relay"
	"relaytop/state/meter"
	"relaytop/ui/pane"
	"relaytop/ui/widget"
)

func split(s string) []string { return strings.Split(s, "\n") }

// bar is the requests that ended in one column of a chart.
type bar struct {
	any     bool
	seconds float64
	ok      float64
	failed  [relay.NumGroups]float64
	tokens  float64
	total   relay.Money // settled so far
	newest  bool        // it holds the newest bucket
}

// fold fits the buckets onto n columns: several a column are added up, and one that is wider than a column is
// repeated. The bucket that is not complete is left out of rates, where it would show as a dip, unless it is the
// only one.
func (p *page) fold(n int, rates bool) []bar {
	b := p.view.Buckets
	out := make([]bar, n)
	if len(b) == 0 {
		return out
	}
	end := len(b)
	if rates && end > 1 && (b[end-2].Any || b[end-2].Tokens > 0) {
		end--
	}
	for i := range out {
		from := i * len(b) / n
		to := max((i+1)*len(b)/n, from+1)
		c := &out[i]
		for j := from; j < min(to, end); j++ {
			c.add(&b[j], p.view.Step.Seconds())
		}
		c.newest = to >= len(b)
		if from >= end { // the column of a bucket that is left out shows the one before it
			c.add(&b[end-1], p.view.Step.Seconds())
		}
	}
	return out
}

func (c *bar) add(b *meter.Bucket, seconds float64) {
	c.any = c.any || b.Any
	c.seconds += seconds
	c.ok += float64(b.OK)
	c.tokens += float64(b.Tokens)
	c.total = max(c.total, b.Total)
	for class, n := range b.Failed {
		c.failed[class.Traits().Group] += float64(n)
	}
}

func (c *bar) bad() float64 {
	sum := 0.0
	for _, n := range c.failed {
		sum += n
	}
	return sum
}

// stacked is one chart of columns.
type stacked struct {
	name, right string
	note        string // what will be drawn, while there is nothing
	empty       bool
	known       bool                                            // right is known, although there is nothing to draw
	draw        func(n int) (cols [][]widget.Part, top float64) // n columns, and the highest of them
	least, most float64                                         // bounds of the axis' upper end; 0: none
	label       func(float64) string
	gutter      int // at least
}

func (p *page) stack(w, h int, s stacked) []string {
	st := p.st
	cols, top := s.draw(max(w-s.gutter, 1))
	high := widget.Nice(max(top, s.least))
	if s.most > 0 {
		high = min(high, s.most)
	}
	labels := ends(high, h-2, s.label)
	gut := s.gutter
	for _, l := range labels {
		gut = max(gut, widget.Width(l)+1)
	}
	if gut > s.gutter {
		cols, _ = s.draw(max(w-gut, 1))
	}
	spec := widget.ChartSpec{Left: s.name, Right: s.right, YLabels: labels, XLabels: p.timeLabels(),
		Gutter: gut}
	if s.empty {
		spec.Note = []string{s.note}
		if !s.known {
			spec.Right = st.Faint.Paint(widget.None)
		}
	} else {
		spec.Draw = func(pw, ph int) []string { return widget.Stack(st, pw, ph, cols, high) }
	}
	return split(widget.Chart(st, w, h, spec))
}

func (p *page) requests(w, h, gutter int) []string {
	st, f := p.st, &p.view.Figures
	s := stacked{name: "req/s", note: "requests, errors", empty: !f.Any, known: f.TokPerSec > 0, label: number,
		gutter: gutter}
	s.draw = func(n int) (cols [][]widget.Part, top float64) {
		for _, c := range p.fold(n, true) {
			bad, ok := per(c.bad(), c.seconds), per(c.ok, c.seconds)
			top = max(top, bad+ok)
			cols = append(cols, []widget.Part{{Share: bad, Ink: st.Error}, {Share: ok, Ink: st.Fill[0]}})
		}
		return cols, top
	}
	if s.empty {
		s.least = 5
	}
	s.right = st.Text.Paint(widget.Rate(f.ReqPerSec))
	if w > 28 {
		s.right += "  " + widget.Legend(st, st.Fill[0]) + st.Muted.Paint(" ok ") + widget.Legend(st, st.Error) +
			st.Muted.Paint(" failed")
	}
	return p.stack(w, h, s)
}

func (p *page) tokens(w, h, gutter int) []string {
	st, f := p.st, &p.view.Figures
	s := stacked{name: "tok/s", note: "tokens a second", empty: f.Tokens == 0 && f.TokPerSec <= 0, label: number,
		gutter: gutter}
	s.draw = func(n int) (cols [][]widget.Part, top float64) {
		for _, c := range p.fold(n, true) {
			v := per(c.tokens, c.seconds)
			top = max(top, v)
			cols = append(cols, []widget.Part{{Share: v, Ink: st.Fill[1]}})
		}
		return cols, top
	}
	if s.empty {
		s.least = 500
	}
	s.right = st.Text.Paint(fmt.Sprintf("%.0f", f.TokPerSec))
	// before one column is whole there is no peak
	if _, top := s.draw(max(w-gutter, 1)); w > 28 && !s.empty && top >= f.TokPerSec {
		s.right += st.Muted.Paint(" mean  ") + st.Text.Paint(fmt.Sprintf("%.0f", top)) + st.Muted.Paint(" peak")
	}
	return p.stack(w, h, s)
}

// errorRate is failed / (ok + failed) of each column in percent, by class. A column without failures is a line at
// the bottom, a column without requests is a gap.
func (p *page) errorRate(w, h, gutter int) []string {
	st, f := p.st, &p.view.Figures
	s := stacked{name: "err %", note: "failed requests", empty: f.OK+f.Failed == 0, gutter: gutter, least: 1, most: 100,
		label: func(v float64) string { return number(v) + "%" }}
	s.draw = func(n int) (cols [][]widget.Part, top float64) {
		for _, c := range p.fold(n, false) {
			bad := c.bad()
			all := bad + c.ok
			var parts []widget.Part
			if all > 0 && bad == 0 {
				parts = []widget.Part{{Share: 1e-9, Ink: st.Fill[0]}}
			}
			for g, n := range c.failed {
				if n > 0 {
					parts = append(parts, widget.Part{Share: 100 * n / all, Ink: pane.GroupInk(st, relay.Group(g))})
				}
			}
			top = max(top, 100*per(bad, all))
			cols = append(cols, parts)
		}
		return cols, top
	}
	s.right = st.Text.Paint(fmt.Sprintf("%.1f", 100*f.ErrorRate)) + st.Muted.Paint(" %")
	if l := p.legend(); l != "" && len(s.name)+2+widget.Width(s.right)+2+widget.Width(l) <= w {
		s.right += "  " + l
	}
	return p.stack(w, h, s)
}

// cost is the money spent so far: what is settled, and on top of the newest column what the answers in flight have
// probably cost.
func (p *page) cost(w, h, gutter int) []string {
	st, f := p.st, &p.view.Figures
	s := stacked{name: "cost", note: "money, and who says so", gutter: max(gutter, 8), label: dollars}
	s.draw = func(n int) (cols [][]widget.Part, top float64) {
		for _, c := range p.fold(n, false) {
			var parts []widget.Part
			sum := c.total
			if c.total > 0 {
				parts = []widget.Part{{Share: float64(c.total) / float64(relay.USD), Ink: st.Fill[2]}}
			}
			if c.newest && f.Pending > 0 {
				parts = append(parts, widget.Part{Share: float64(f.Pending) / float64(relay.USD), Ink: st.Muted})
				sum += f.Pending
			}
			top = max(top, float64(sum)/float64(relay.USD))
			cols = append(cols, parts)
		}
		return cols, top
	}
	sum := f.Cost // of the window; the chart has all that was spent
	if b := p.view.Buckets; len(b) > 0 {
		sum = b[len(b)-1].Total
	}
	sum += f.Pending
	s.empty = f.OK == 0 && sum == 0
	if sum == 0 && f.Unknown > 0 {
		s.right = st.Text.Paint("unknown")
	} else {
		s.right = st.Text.Paint(widget.About(sum.Dollars(), f.Estimated || f.Pending > 0))
		burn := "  " + st.Text.Paint(pane.Burn(f.PerMinute)) + st.Muted.Paint("/min")
		if len(s.name)+2+widget.Width(s.right+burn) <= w { // a sum that is cut is a wrong one
			s.right += burn
		}
	}
	return p.stack(w, h, s)
}

// ends are the labels of a linear axis from 0 to high: a few round values where they fit, else both
// ends.
func ends(high float64, lines int, format func(float64) string) []string {
	n := 1
	switch {
	case lines >= 10 && lines%5 == 1 && strings.ContainsAny(fmt.Sprintf("%e", high)[:1], "15"):
		n = 5
	case lines > 6:
		n = 2
	}
	out := make([]string, 0, n+1)
	for i := n; i >= 0; i-- {
		out = append(out, format(high*float64(i)/float64(n)))
	}
	return out
}

func number(v float64) string {
	switch {
	case v >= 10000:
		return widget.Short(int64(v))
	case v == math.Trunc(v):
		return widget.Count(int64(v))
	}
	return fraction(v, 2)
}

func dollars(v float64) string {
	if v == 0 {
		return "$0"
	}
	return relay.Money(math.Round(v * float64(relay.USD))).Price()
}

// fraction formats a number without trailing zeros.
func fraction(v float64, digits int) string {
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.*f", digits, v), "0"), ".")
}

func per(n, seconds float64) float64 {
	if seconds <= 0 {
		return 0
	}
	return n / seconds
}

// legend names the groups that failed in the window.
func (p *page) legend() string {
	st := p.st
	var there [relay.NumGroups]bool
	for class, n := range p.view.Classes {
		group := class.Traits().Group
		there[group] = there[group] || n > 0
	}
	out := ""
	for g := range relay.Group(relay.NumGroups) {
		if there[g] {
			if out != "" {
				out += " "
			}
			out += widget.Legend(st, pane.GroupInk(st, g)) + st.Muted.Paint(" "+g.String())
		}
	}
	return out
}
