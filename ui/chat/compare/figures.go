package compare

import (
	"time"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/widget"
)

// number is one figure of one column.
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

// figures are TTFT, speed, length and cost of every column.
func (m *Model) figures() []figure {
	n, now := len(m.cols), m.look.Now
	ttft, rate := figure{name: "TTFT", of: make([]number, n)}, figure{name: "tok/s", of: make([]number, n)}
	out, cost := figure{name: "out", unit: "tok", of: make([]number, n)}, figure{name: "cost", of: make([]number, n)}
	for i := range m.cols {
		v := &m.figured(i).Answer
		if d, ok := ttftOf(v); ok {
			ttft.of[i] = number{d.Seconds(), widget.Duration(d).String(), true}
		}
		if s := speedOf(v, now); s > 0 {
			rate.of[i] = number{s, widget.Speed(s), true}
		}
		about := ""
		if v.Result == nil || v.Result.Usage == nil || v.Result.Usage.Estimated {
			about = "~"
		}
		if v.Out > 0 {
			out.of[i] = number{float64(v.Out), about + widget.Count(v.Out), true}
		}
		if c := costOf(v); c.Known() {
			if about = ""; c.Estimated || v.Result == nil {
				about = "~"
			}
			cost.of[i] = number{float64(c.Amount), about + widget.Money(int64(c.Amount)), true}
		}
	}
	ttft.rank(true)
	rate.rank(false)
	out.rank(false)
	out.best = -1 // neither long nor short is good
	cost.rank(true)
	return []figure{ttft, rate, out, cost}
}

// rank finds the largest and the best, where there is anything to compare.
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

func ttftOf(v *session.View) (time.Duration, bool) {
	if v.Result != nil {
		return v.Result.Timing.TTFT()
	}
	if v.First.IsZero() || v.Sent.IsZero() {
		return 0, false
	}
	return v.First.Sub(v.Sent), true
}

func speedOf(v *session.View, now time.Time) float64 {
	if v.Result != nil {
		if v.Result.Usage == nil {
			return 0
		}
		if d, ok := v.Result.Timing.TPOT(v.Result.Usage.Output); ok {
			return 1 / d.Seconds()
		}
		return 0
	}
	if d := now.Sub(v.First); !v.First.IsZero() && v.Out > 1 && d >= 300*time.Millisecond {
		return float64(v.Out-1) / d.Seconds()
	}
	return 0
}

func costOf(v *session.View) relay.Cost {
	if v.Result != nil {
		return v.Result.Cost
	}
	return v.Cost
}
