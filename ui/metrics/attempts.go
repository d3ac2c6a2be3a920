package metrics

import (
	"fmt"

	"relaytop/relay"
	"relaytop/state/meter"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/widget"
)

// attempts are the attempts that failed, by class, also those of requests that were answered in the end.
func (p *page) attempts(w, h int) []string {
	st, f := p.st, &p.view.Figures
	s := stacked{part: partAttempts, name: "failed attempts", note: "attempts that failed, by class",
		empty: !f.Any && f.Attempts == 0, steps: 2, gutter: 5, label: perSecond}
	s.draw = func(n int) (cols [][]widget.Part, top float64) {
		for _, c := range p.fold(n, true) {
			parts, sum := make([]widget.Part, 0, len(c.tries)), 0.0
			for g, k := range c.tries {
				parts = append(parts, widget.Part{Share: per(k, c.seconds), Ink: pane.GroupInk(st, relay.Group(g))})
				sum += per(k, c.seconds)
			}
			top = max(top, sum)
			cols = append(cols, parts)
		}
		return cols, top
	}
	failed := st.Text.Paint(widget.Count(f.FailedAttempts))
	all := failed + st.Muted.Paint(" of "+widget.Count(f.Attempts))
	legend := p.legend(p.view.Attempts, true)
	if legend == "" {
		s.right = fits(w, s.name, all, failed)
	} else {
		s.right = fits(w, s.name, legend+"   "+all, legend, p.legend(p.view.Attempts, false), all, failed)
	}
	s.reads = func(b *meter.Bucket) []string {
		sum := int64(0)
		for _, n := range b.Attempts {
			sum += n
		}
		rate := st.Text.Paint(fraction(per(float64(sum), p.view.Step.Seconds()))) + st.Muted.Paint("/s")
		return []string{rate + "  " + p.legend(b.Attempts, true), rate}
	}
	return p.stack(w, h, s)
}

// perSecond labels a step of an axis of rates.
func perSecond(v, step float64) string {
	if v == 0 {
		return "0"
	}
	return number(v, step) + "/s"
}

// lanesDrawn are the lanes from the bottom up.
func lanesDrawn() [relay.NumLanes]relay.Lane {
	return [...]relay.Lane{relay.LaneBatch, relay.LaneBench, relay.LaneFront, relay.LaneChat}
}

// laneInk is the colour of a lane.
func laneInk(st *style.Styles, lane relay.Lane) style.Ink {
	switch lane {
	case relay.LaneBatch:
		return st.Fill[0]
	case relay.LaneBench:
		return st.Fill[1]
	case relay.LaneChat:
		return st.Fill[2]
	case relay.LaneFront:
	}
	return st.Muted
}

// inFlight is the most requests at once in each column, by lane.
func (p *page) inFlight(w, h int) []string {
	st := p.st
	var most, now [relay.NumLanes]int32
	for i := range p.view.Buckets {
		b := &p.view.Buckets[i]
		for lane, n := range b.InFlight {
			most[lane] = max(most[lane], n)
		}
		now = b.InFlight
	}
	s := stacked{part: partFlight, name: "in flight", note: "requests at once, by lane",
		empty: most == [relay.NumLanes]int32{}, known: true, steps: 2, gutter: 4, label: number}
	s.draw = func(n int) (cols [][]widget.Part, top float64) {
		for _, c := range p.fold(n, false) {
			parts, sum := make([]widget.Part, 0, relay.NumLanes), 0.0
			for _, lane := range lanesDrawn() {
				parts = append(parts, widget.Part{Share: c.atOnce[lane], Ink: laneInk(st, lane)})
				sum += c.atOnce[lane]
			}
			top = max(top, sum)
			cols = append(cols, parts)
		}
		return cols, top
	}
	legend := func(of, shown *[relay.NumLanes]int32) string {
		out := ""
		for _, lane := range lanesDrawn() {
			if shown[lane] > 0 {
				if out != "" {
					out += " "
				}
				out += widget.Legend(st, laneInk(st, lane)) + st.Muted.Paint(" "+lane.String()+" ") +
					st.Text.Paint(fmt.Sprint(of[lane]))
			}
		}
		return out
	}
	limit := 0
	for i := range p.allowed {
		limit += p.allowed[i].AtOnce
	}
	total := st.Text.Paint(widget.Count(int64(p.view.Figures.InFlight)))
	of := ""
	if limit > 0 {
		of = st.Muted.Paint("   of " + widget.Count(int64(limit)) + " at once")
	}
	s.right = fits(w, s.name, legend(&now, &most)+of, legend(&now, &most), total)
	s.reads = func(b *meter.Bucket) []string { return []string{legend(&b.InFlight, &most)} }
	return p.stack(w, h, s)
}
