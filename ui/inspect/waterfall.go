package inspect

import (
	"math"
	"strconv"
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// span is one row of the waterfall.
type span struct {
	n        int // attempt, where the row is the first of it
	label    string
	from, to time.Time
	ink      style.Ink
	waiting  bool // drawn as a wait
}

const (
	spanLabel = 18 // cells, after the attempt's number
	spanTook  = 8
)

// A step shorter than least is not drawn. Dialing and the TLS handshake are one step unless they take slowConnect.
const (
	least       = time.Millisecond
	slowConnect = 300 * time.Millisecond
)

// spans are the steps of all attempts, in order.
func (p *page) spans() []span {
	st, r := p.st, p.in.Result
	var out []span
	before := r.Timing.Sched // when the one before ended
	for i := range r.Attempts {
		a := &r.Attempts[i]
		t := &a.Timing
		if t.Send.IsZero() {
			continue
		}
		if due := before.Add(waitBefore(r, i)); !before.IsZero() && due.After(before) {
			if due.After(t.Send) {
				due = t.Send
			}
			out = add(out, span{label: "wait", from: before, to: due, ink: st.Warn, waiting: true})
			before = due
		}
		if !before.IsZero() && (i == 0 || t.Send.Sub(before) >= 10*time.Millisecond) {
			out = add(out, span{label: "queue", from: before, to: t.Send, ink: st.Muted})
		}
		out = append(out, p.steps(i)...)
		before = p.over(i)
	}
	if p.in.Live && p.in.Waits != "" {
		from := before
		if from.IsZero() {
			from = r.Timing.Sched
		}
		out = add(out, span{label: "wait", from: from, to: p.now, ink: st.Warn, waiting: true})
	} else if p.in.Live && len(r.Attempts) == 0 && !r.Timing.Sched.IsZero() {
		out = append(out, span{label: "queue", from: r.Timing.Sched, to: p.now, ink: st.Muted})
	}
	return out
}

// waitBefore is the wait before an attempt.
func waitBefore(r *relay.Result, i int) time.Duration {
	if i == 0 {
		return 0
	}
	return r.Attempts[i-1].Wait
}

// add appends a step unless it is too short.
func add(list []span, s span) []span {
	if s.from.IsZero() || s.to.Sub(s.from) < least {
		return list
	}
	return append(list, s)
}

// steps are those of one attempt.
func (p *page) steps(i int) []span {
	st, r := p.st, p.in.Result
	a := &r.Attempts[i]
	t, end := &a.Timing, p.over(i)
	live := p.in.Live && i == len(r.Attempts)-1 && a.Class == "" && p.in.Waits == ""
	var out []span
	at := t.Send
	step := func(label string, to time.Time, ink style.Ink) {
		if to.IsZero() || to.Before(at) {
			return
		}
		out = add(out, span{label: label, from: at, to: to, ink: ink})
		at = to
	}
	switch {
	case !t.Conn.IsZero() && !t.TLS.IsZero() && t.TLS.After(t.Conn) && t.TLS.Sub(t.Send) > slowConnect:
		step("connect", t.Conn, st.Chart[2])
		step("TLS", t.TLS, st.Chart[2])
	case !t.TLS.IsZero():
		step("connect, TLS", t.TLS, st.Chart[2])
	default:
		step("connect", t.Conn, st.Chart[2])
	}
	if t.Wrote.Sub(at) >= 20*time.Millisecond {
		step("sending", t.Wrote, st.Chart[3])
	}
	broke := a.Class != "" && t.First.IsZero()
	if !broke {
		step("first byte", t.FirstByte, st.Accent)
		first := "first token"
		if t.Whole {
			first = "answer"
		}
		step(first, t.First, st.Chart[0])
		if t.FirstOut.Sub(t.First) >= least {
			step("reasoning", t.FirstOut, st.Fill[2])
		}
		step("streaming", t.Last, st.Done)
	}
	switch {
	case live:
		out = p.extend(out, t, at, end)
	case a.Class != "":
		label, ink := string(a.Class), st.Error
		if a.Status >= 300 {
			label = strconv.Itoa(a.Status) + " " + label
		}
		if a.Class == relay.ClassCancelled {
			ink = st.Warn
		}
		out = append(out, span{label: label, from: at, to: end, ink: ink})
	case end.Sub(at) >= max(end.Sub(t.Send)/20, 20*time.Millisecond):
		out = append(out, span{label: "closing", from: at, to: end, ink: st.Muted}) // usage, [DONE]
	}
	if len(out) > 0 {
		out[0].n = a.N
	}
	return out
}

// extend adds the step that a live attempt is in, or extends it to now.
func (p *page) extend(out []span, t *relay.Timing, at, now time.Time) []span {
	st := p.st
	label, ink := "first byte", st.Accent
	switch {
	case !t.FirstOut.IsZero():
		label, ink = "streaming", st.Done
	case !t.First.IsZero():
		label, ink = "reasoning", st.Fill[2]
	case !t.FirstByte.IsZero():
		label, ink = "first token", st.Chart[0]
	}
	if n := len(out); n > 0 && out[n-1].label == label {
		out[n-1].to = now
		return out
	}
	return append(out, span{label: label, from: at, to: now, ink: ink})
}

// waterfallLines are the steps on one axis.
func (p *page) waterfallLines() []string {
	st, list := p.st, p.spans()
	if len(list) == 0 {
		return nil
	}
	from, to := list[0].from, list[0].to
	for _, s := range list {
		if s.from.Before(from) {
			from = s.from
		}
		if s.to.After(to) {
			to = s.to
		}
	}
	whole := max(to.Sub(from), time.Millisecond)
	w := p.w - 2 - spanLabel - spanTook - 2
	if w < 10 {
		return nil
	}
	ax := newAxis(whole, w)
	head := "since it was asked for"
	if p.w >= 70 {
		head = ax.unit() + " " + head
	}
	lines := []string{widget.Section(st, p.w, "waterfall", st.Muted.Paint(head))}
	for _, s := range list {
		number := "  "
		if s.n > 0 && len(p.in.Result.Attempts) > 1 {
			number = widget.Fit(strconv.Itoa(s.n), 2)
		}
		took := figure(st, widget.Duration(s.to.Sub(s.from)))
		label := st.Muted.Paint(number) + st.Muted.Paint(widget.Fit(text.Line(s.label), spanLabel))
		lines = append(lines, label+ax.row(st, s, from)+"  "+widget.FitRight(took, spanTook))
	}
	return append(lines, widget.Blank(2+spanLabel)+st.Faint.Paint(ax.labels()))
}

// axis is the time of a waterfall on w cells, a mark every step.
type axis struct {
	whole, step time.Duration
	w           int
}

// newAxis chooses marks of 1, 2 or 5 times a power of ten, no closer than their labels are wide.
func newAxis(whole time.Duration, w int) axis {
	const label = 11 // cells
	least := label * float64(whole) / float64(w) / float64(time.Millisecond)
	step := math.Round(widget.Nice(max(least, 1)))
	return axis{whole: whole, step: time.Duration(step) * time.Millisecond, w: w}
}

func (a axis) unit() string {
	if a.step >= time.Second {
		return "seconds"
	}
	return "time"
}

// marks are the cells of the marks.
func (a axis) marks() []int {
	var at []int
	for t := time.Duration(0); t <= a.whole; t += a.step {
		if x := int(float64(a.w) * float64(t) / float64(a.whole)); x < a.w {
			at = append(at, x)
		}
	}
	return at
}

func (a axis) labels() string {
	var b strings.Builder
	used := 0
	for i, x := range a.marks() {
		d := time.Duration(i) * a.step
		label := strconv.FormatInt(d.Milliseconds(), 10) + " ms"
		if a.step >= time.Second {
			label = strconv.FormatInt(int64(d/time.Second), 10) + " s"
		} else if a.whole >= 2*time.Second {
			label = strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
		}
		if x < used || x+len(label) > a.w {
			continue
		}
		b.WriteString(widget.Blank(x-used) + label)
		used = x + len(label)
	}
	return b.String()
}

// row is a step in its place between the marks.
func (a axis) row(st *style.Styles, s span, from time.Time) string {
	share := func(t time.Time) float64 { return float64(t.Sub(from)) / float64(a.whole) }
	bar := widget.Span(st, a.w, share(s.from), share(s.to), s.ink, s.waiting)
	start := len(bar) - len(strings.TrimLeft(bar, " "))
	middle := strings.Trim(bar, " ")
	end := start + widget.Width(middle)
	return a.grid(st, 0, start) + middle + a.grid(st, end, a.w)
}

// grid is the blanks from one cell to another, with the marks in them.
func (a axis) grid(st *style.Styles, from, to int) string {
	var b strings.Builder
	for _, x := range a.marks() {
		if x >= from && x < to {
			b.WriteString(widget.Blank(x-from) + st.Grid.Paint(st.Glyphs.GridColumn))
			from = x + 1
		}
	}
	b.WriteString(widget.Blank(to - from))
	return b.String()
}
