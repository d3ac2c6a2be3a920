package metrics

import (
	"slices"
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/meter"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// page is what the pane is drawn from: the figures of a window, the breakers and limits, the look, the size, and what
// is selected.
type page struct {
	st       *style.Styles
	w, h     int
	window   meter.Window
	view     *meter.View
	breakers []state.Breaker
	health   state.Health
	allowed  []relay.Allowance
	budget   budget
	now      time.Time
	cursor   int // index of the bucket under the cursor, -1: there is none
	selected target
	layout   layout
	turned   int          // index of the page of the layout
	gutters  map[part]int // widths of the y labels of the charts that were drawn
	folded   map[folding][]bar
}

// budget is what may be spent today, and what of it was spent before this run.
type budget struct{ limit, before relay.Money }

func (m *Model) page() *page {
	p := &page{
		st: m.env.Styles, w: m.w, h: m.h, window: m.window, view: &m.view, breakers: m.breakers,
		health: m.health, allowed: m.allowed,
		budget: m.budget, now: m.now, selected: m.selected, cursor: m.at(), gutters: make(map[part]int),
		folded: make(map[folding][]bar),
	}
	p.layout = arrange(p.w, p.h, p)
	p.turned = min(m.turned, len(p.layout.pages)-1)
	return p
}

// places are the parts of the page that is shown.
func (p *page) places() []place { return p.layout.pages[p.turned] }

// columns is how many buckets to ask for: two a cell of the widest chart, and no single seconds of a minute, which
// would have too few samples for a percentile.
func (p *page) columns() int {
	n := 0
	for _, at := range slices.Concat(p.layout.pages...) { // of every page: turning one fetches nothing
		if at.part.chart() {
			n = max(n, 2*(at.w-gutter))
		}
	}
	if p.window == meter.Minute {
		n = min(n, 30)
	}
	return n
}

// anyLines is more than a page has.
const anyLines = 1 << 20

// most is the number of lines that a part can fill: charts fill any, tables have as many as their contents.
func (p *page) most(of part, heads bool) int {
	heading := 1 // the names of the columns
	if heads {
		heading++
	}
	switch of {
	case partModels:
		return heading + max(len(p.view.Models), 1)
	case partEndpoints:
		return heading + max(len(p.view.Endpoints), 1)
	case partLanes:
		return heading + max(len(p.view.Lanes), 1)
	case partLimits:
		return 1 + max(p.limitLines(), 1)
	case partBreakers:
		return 1 + max(len(p.breakers), 1) + len(p.health.Quirks)
	case partFailures:
		return 1 + max(len(p.view.Classes), 1)
	case partNow:
		if p.view.Figures.Judged > 0 {
			return 4
		}
		return 3
	case partSparks:
		return 1
	case partAlarm:
		return min(len(p.alarm(p.w)), 1)
	case partTTFT, partE2E, partTPOT, partHeat, partRequests, partTokens, partCost, partAttempts, partFlight:
	}
	return anyLines
}

// draw draws a part: h lines of w cells.
func (p *page) draw(at place) []string {
	w, h := at.w, at.h
	switch at.part {
	case partTTFT, partE2E, partTPOT:
		return p.latency(at.part, w, h)
	case partHeat:
		return p.heat(w, h)
	case partRequests:
		return p.requests(w, h)
	case partTokens:
		return p.tokens(w, h)
	case partCost:
		return p.cost(w, h)
	case partAttempts:
		return p.attempts(w, h)
	case partFlight:
		return p.inFlight(w, h)
	case partModels, partEndpoints, partLanes:
		return p.table(at.part, w, h)
	case partLimits:
		return p.limits(w, h)
	case partBreakers:
		return p.broken(w, h)
	case partFailures:
		return p.failures(w, h)
	case partNow:
		return p.current(w, h)
	case partSparks:
		return []string{p.sparks(w)}
	case partAlarm:
		return []string{p.alarm(w)}
	}
	return nil
}

// screen draws the page: h lines of w cells.
func (p *page) screen() string {
	places := p.places()
	drawn := make([][]string, len(places))
	for i, at := range places {
		drawn[i] = p.draw(at)
	}
	var b strings.Builder
	b.Grow(p.w * p.h * 6)
	for y := range p.h {
		if y > 0 {
			b.WriteByte('\n')
		}
		x := 0
		for i, at := range places {
			line := y - at.y
			if line < 0 || line >= min(at.h, len(drawn[i])) {
				continue
			}
			b.WriteString(widget.Blank(at.x - x))
			if at.part.chart() { // its lines are as wide as the chart: measuring them again would cost as much as drawing
				b.WriteString(drawn[i][line])
			} else {
				b.WriteString(widget.Fit(drawn[i][line], at.w))
			}
			x = at.x + at.w
		}
		b.WriteString(widget.Blank(p.w - x))
	}
	return b.String()
}

// key is the name of a row of a table, as it is drawn.
func key(s string) string { return text.Line(s) }
