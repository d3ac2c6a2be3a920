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

// bar is the requests that ended in one column of a chart.
type bar struct {
	any     bool
	seconds float64
	ok      float64
	failed  [relay.NumGroups]float64
	tries   [relay.NumGroups]float64 // attempts that failed
	atOnce  [relay.NumLanes]float64
	tokens  float64
	total   relay.Money // settled so far
	newest  bool        // it holds the newest bucket
}

// folding is what a fold depends on.
type folding struct {
	columns int
	rates   bool
}

// fold is the buckets on n columns. Charts of one width share it.
func (p *page) fold(n int, rates bool) []bar {
	k := folding{n, rates}
	bars, ok := p.folded[k]
	if !ok {
		bars = p.foldBuckets(n, rates)
		if p.folded != nil {
			p.folded[k] = bars
		}
	}
	return bars
}

// foldBuckets fits the buckets onto n columns: several a column are added up, and one that is wider than a column is
// repeated. The bucket that is not complete is left out of rates, where it would show as a dip, unless it is the
// only one.
func (p *page) foldBuckets(n int, rates bool) []bar {
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
	for class, n := range b.Attempts {
		c.tries[class.Traits().Group] += float64(n)
	}
	for lane, n := range b.InFlight {
		c.atOnce[lane] = max(c.atOnce[lane], float64(n))
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
	part        part
	name, right string
	note        string // what will be drawn, while there is nothing
	empty       bool
	known       bool                                            // right is known, although there is nothing to draw
	draw        func(n int) (cols [][]widget.Part, top float64) // n columns, and the highest of them
	least       float64                                         // the upper end of the axis is at least that
	steps       int                                             // labels above 0, at most
	label       func(v, step float64) string
	gutter      int // at least
	mark        func(high float64) []widget.Mark
	reads       func(b *meter.Bucket) []string
}

func (p *page) stack(w, h int, s stacked) []string {
	st := p.st
	cols, top := s.draw(max(w-s.gutter, 1))
	a := linear(max(top, s.least), h-2, max(s.steps, h/7), s.label)
	gut := a.gutterOf(s.gutter)
	if gut > s.gutter {
		cols, _ = s.draw(max(w-gut, 1))
	}
	spec := widget.ChartSpec{Left: s.name, Right: s.right, Ticks: a.ticks, Gutter: gut}
	if s.mark != nil {
		spec.Marks = s.mark(a.High)
	}
	if s.empty {
		spec.Note = []string{s.note}
		if !s.known {
			spec.Right = st.Faint.Paint(widget.None)
		}
	} else {
		spec.Draw = func(pw, ph int) []string { return widget.Stack(st, pw, ph, cols, a.High) }
	}
	return p.chart(s.part, w, h, spec, s.reads)
}

// fits returns the first of the heads that fits beside the name of a chart of w cells; "" if none does.
func fits(w int, name string, heads ...string) string {
	for _, head := range heads {
		if len(name)+3+widget.Width(head) <= w {
			return head
		}
	}
	return ""
}

// requests are those that ended, failed ones at the bottom: by class if the head has room for what each colour means.
func (p *page) requests(w, h int) []string {
	st, f := p.st, &p.view.Figures
	s := stacked{part: partRequests, name: "req/s", note: "requests, errors", empty: !f.Any, known: f.TokPerSec > 0,
		steps: 5, label: number, gutter: 4}
	count := func(n int64) string { return " " + st.Text.Paint(widget.Count(n)) }
	rate := st.Text.Paint(widget.Rate(f.ReqPerSec))
	ok := widget.Legend(st, st.Fill[0]) + st.Muted.Paint(" ok")
	failed := widget.Legend(st, st.Error) + st.Muted.Paint(" failed")
	counted := ok + count(f.OK) + "  " + failed + count(f.Failed) + "   " + rate + st.Muted.Paint("/s")
	answered := ""
	if f.Failed > 0 {
		answered = "  " + st.Text.Paint(widget.Rate(f.OKPerSec)) + st.Muted.Paint(" ok/s")
	}
	classes := p.legend(p.view.Classes, false)
	byClass := classes != "" && fits(w, s.name, rate+"  "+ok+" "+classes) != ""
	if byClass {
		long := ok + count(f.OK) + "  " + p.legend(p.view.Classes, true) + "   " + rate + st.Muted.Paint("/s")
		s.right = fits(w, s.name, long+answered, long, rate+"  "+ok+" "+classes)
	} else {
		s.right = fits(w, s.name, counted+answered, counted, rate+"  "+ok+" "+failed, rate)
	}
	s.draw = func(n int) (cols [][]widget.Part, top float64) {
		for _, c := range p.fold(n, true) {
			bad, ok := per(c.bad(), c.seconds), per(c.ok, c.seconds)
			top = max(top, bad+ok)
			parts := make([]widget.Part, 0, relay.NumGroups+1)
			if byClass {
				for g, n := range c.failed {
					parts = append(parts, widget.Part{Share: per(n, c.seconds), Ink: pane.GroupInk(st, relay.Group(g))})
				}
			} else {
				parts = append(parts, widget.Part{Share: bad, Ink: st.Error})
			}
			cols = append(cols, append(parts, widget.Part{Share: ok, Ink: st.Fill[0]}))
		}
		return cols, top
	}
	if s.empty {
		s.least = 5
	}
	s.reads = p.requestsAt
	return p.stack(w, h, s)
}

// requestsAt is what the cursor reads of the requests.
func (p *page) requestsAt(b *meter.Bucket) []string {
	st, seconds := p.st, p.view.Step.Seconds()
	out := st.Text.Paint(fraction(per(float64(b.OK), seconds))) + st.Muted.Paint(" ok")
	if bad := failedIn(b); bad > 0 {
		out += "  " + st.Error.Paint(fraction(per(float64(bad), seconds))) + st.Muted.Paint(" failed")
	}
	return []string{out}
}

// failedIn is the number of requests of a bucket that failed.
func failedIn(b *meter.Bucket) int64 {
	bad := int64(0)
	for _, n := range b.Failed {
		bad += n
	}
	return bad
}

func (p *page) tokens(w, h int) []string {
	st, f := p.st, &p.view.Figures
	s := stacked{part: partTokens, name: "tok/s", note: "tokens a second", empty: f.Tokens == 0 && f.TokPerSec <= 0,
		steps: 2, label: number, gutter: 5}
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
	mean := st.Text.Paint(widget.Count(int64(math.RoundToEven(f.TokPerSec))))
	s.right = fits(w, s.name, mean)
	// before one column is whole there is no peak
	if _, top := s.draw(max(w-s.gutter, 1)); !s.empty && top >= f.TokPerSec {
		most := widget.Count(int64(math.RoundToEven(top)))
		peak := mean + st.Muted.Paint(" mean  ") + st.Text.Paint(most) + st.Muted.Paint(" peak")
		out := "  " + st.Text.Paint(widget.Short(f.Tokens)) + st.Muted.Paint(" tokens out")
		s.right = fits(w, s.name, peak, mean)
		if f.Tokens > 0 && w > 60 {
			s.right += out
		}
	}
	s.reads = func(b *meter.Bucket) []string {
		rate := fmt.Sprintf("%.0f", per(float64(b.Tokens), p.view.Step.Seconds()))
		return []string{st.Text.Paint(rate) + st.Muted.Paint(" tok/s")}
	}
	return p.stack(w, h, s)
}

// legend names the groups that failures belong to, with their number if counted.
func (p *page) legend(classes map[relay.Class]int64, counted bool) string {
	st := p.st
	var groups [relay.NumGroups]int64
	for class, n := range classes {
		groups[class.Traits().Group] += n
	}
	out := ""
	for g := range relay.Group(relay.NumGroups) {
		if groups[g] == 0 {
			continue
		}
		if out != "" {
			out += " "
		}
		out += widget.Legend(st, pane.GroupInk(st, g)) + st.Muted.Paint(" "+g.String())
		if counted {
			out += " " + st.Text.Paint(widget.Count(groups[g]))
		}
	}
	return out
}

// fraction formats a rate without trailing zeros.
func fraction(v float64) string {
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.2f", v), "0"), ".")
}

func per(n, seconds float64) float64 {
	if seconds <= 0 {
		return 0
	}
	return n / seconds
}
