package compare

import "relaytop/ui/widget"

// number is one figure of one column. One that is not known may have a text that says why.
type number struct {
	n     float64
	text  string
	known bool
}

// figure is one figure over all columns.
type figure struct {
	name, unit string
	of         []number
	most       float64
	best       int // -1: none
}

// figures returns TTFT, speed, length and cost of all columns.
func (m *Model) figures() []figure {
	n, now := len(m.cols), m.look.Now
	ttft, rate := figure{name: "TTFT", of: make([]number, n)}, figure{name: "tok/s", of: make([]number, n)}
	out, cost := figure{name: "out", unit: "tok", of: make([]number, n)}, figure{name: "cost", of: make([]number, n)}
	for i := range m.cols {
		v := &m.figured(i).Answer
		if d, ok := v.TTFT(); ok {
			ttft.of[i] = number{d.Seconds(), widget.Duration(d).String(), true}
		}
		if s, ok := v.Speed(now); ok {
			rate.of[i] = number{s, widget.Speed(s), true}
		} else if v.Burst() {
			rate.of[i].text = "burst"
		}
		if v.Out > 0 {
			estimated := v.Result == nil || v.Result.Usage == nil || v.Result.Usage.Estimated
			out.of[i] = number{float64(v.Out), widget.About(widget.Count(v.Out), estimated), true}
		}
		if c := v.Paid(); c.Known() {
			money := widget.About(c.Amount.Dollars(), c.Estimated || v.Result == nil)
			cost.of[i] = number{float64(c.Amount), money, true}
		}
	}
	ttft.rank(true)
	rate.rank(false)
	out.rank(false)
	out.best = -1 // no length is better
	cost.rank(true)
	return []figure{ttft, rate, out, cost}
}

// rank finds the largest value, and the best if there are two. low: the lowest is the best.
func (f *figure) rank(low bool) {
	f.best = -1
	known := 0
	for i, v := range f.of {
		if !v.known {
			continue
		}
		known++
		f.most = max(f.most, v.n)
		if f.best < 0 || low && v.n < f.of[f.best].n || !low && v.n > f.of[f.best].n {
			f.best = i
		}
	}
	if known < 2 {
		f.best = -1
	}
}
