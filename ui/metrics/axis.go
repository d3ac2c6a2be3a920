package metrics

import (
	"fmt"
	"math"
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/ui/widget"
)

// axis is the vertical scale of a chart and its labels, each on a line of the plot.
type axis struct {
	widget.Scale
	ticks []widget.Tick
}

// linear is an axis from 0 whose labels are whole steps of 1, 2 or 5 times a power of ten. The values up to high fit;
// little of the plot is blank, and the uppermost line has a label where that costs little. There are at most so many
// steps, and 5.
func linear(high float64, lines, steps int, label func(v, step float64) string) axis {
	last := max(lines-1, 1)
	if !(high > 0) {
		high = 1
	}
	best, step, each := math.Inf(1), high, last
	for k := min(2, last); k <= last; k++ {
		n := last / k
		if n > min(steps, 5) {
			continue
		}
		s, cost := nice(high*float64(k)/float64(last)), 0.0
		if last%k != 0 {
			cost = .3
		}
		if last > 3 { // few labels
			cost += [...]float64{0, .4, .1, 0, 0, 0}[n]
		}
		if cost += s * float64(last) / float64(k) / high; cost < best-1e-9 {
			best, step, each = cost, s, k
		}
	}
	a := axis{Scale: widget.Scale{High: step * float64(last) / float64(each)}}
	for i := 0; i*each <= last; i++ {
		a.ticks = append(a.ticks, widget.Tick{Line: i * each, Label: label(step*float64(i), step)})
	}
	return a
}

// nice is the smallest step that is not below v. A quarter is a step only where it is a whole number of tens.
func nice(v float64) float64 {
	p := math.Pow(10, math.Floor(math.Log10(v)))
	for _, f := range []float64{1, 2, 2.5, 5, 10} {
		if f == 2.5 && p < 100 {
			continue
		}
		if v <= f*p*(1+1e-9) {
			return f * p
		}
	}
	return 10 * p
}

// number labels a step of an axis of counts.
func number(v, step float64) string {
	digits := 0
	if step < 1 {
		digits = int(math.Ceil(-math.Log10(step) - 1e-9))
	}
	if v >= 10_000 {
		return widget.Short(int64(math.Round(v)))
	}
	if digits == 0 {
		return widget.Count(int64(math.Round(v)))
	}
	return fmt.Sprintf("%.*f", digits, v)
}

// dollars labels a step of an axis of money: all labels have the digits that the step needs, 2, 4 or 6, and none from
// $10 on.
func dollars(v, step float64) string {
	if step >= 10 {
		return "$" + widget.Count(int64(math.Round(v)))
	}
	digits := 2
	for digits < 12 && math.Abs(step*math.Pow(10, float64(digits))-math.Round(step*math.Pow(10, float64(digits)))) > 1e-6 {
		digits += 2
	}
	return fmt.Sprintf("$%.*f", digits, v)
}

// usd is an amount as a number for an axis.
func usd(m relay.Money) float64 { return float64(m) / float64(relay.USD) }

// decade is the i-th label of the latency scale, from 1 us: 1, 3, 10, 30... Between them it is logarithmic.
func decade(i float64) float64 {
	whole := math.Floor(i / 2)
	low := 1e-6 * math.Pow(10, whole)
	switch rest := i - 2*whole; {
	case rest == 0:
		return low
	case rest < 1:
		return low * math.Pow(3, rest)
	default:
		return 3 * low * math.Pow(10./3, rest-1)
	}
}

const lastDecade = 21 // 30,000 s

// logarithmic is an axis with the labels 1, 3, 10 that holds lo to hi, three intervals at least. The lowest line
// has a label. A range too wide for a label at each of them gets every second one, or third.
func logarithmic(lo, hi time.Duration, lines int) axis {
	last := max(lines-1, 1)
	low := 0
	for low < lastDecade-1 && decade(float64(low+1)) <= lo.Seconds()*(1+1e-9) {
		low++
	}
	top := low
	for top < lastDecade && decade(float64(top)) < hi.Seconds()*(1-1e-9) {
		top++
	}
	for top-low < 3 { // the side with less room gets more
		above, below := decade(float64(top))/hi.Seconds(), lo.Seconds()/decade(float64(low))
		if top == lastDecade || low > 0 && above > below {
			low--
		} else {
			top++
		}
	}
	need := top - low
	best, stride, each := math.Inf(1), max(need, 1), last
	for s := 1; s <= need; s++ {
		for k := 1; k <= last; k++ {
			n := last / k
			if covered := float64(s) * float64(last) / float64(k); covered >= float64(need) {
				cost := covered/float64(need) + .1*float64(s-1)
				if last%k != 0 {
					cost += .15
				}
				if n < 2 && last > 2 {
					cost++
				}
				if cost < best-1e-9 {
					best, stride, each = cost, s, k
				}
			}
		}
	}
	a := axis{Scale: widget.Scale{Low: decade(float64(low)), Log: true,
		High: decade(float64(low) + float64(stride*last)/float64(each))}}
	for i := 0; i*each <= last; i++ {
		a.ticks = append(a.ticks, widget.Tick{Line: i * each, Label: latency(decade(float64(low + i*stride)))})
	}
	return a
}

// latency labels a step of the latency scale: 300 ms, 3 s.
func latency(seconds float64) string {
	d := time.Duration(math.Round(seconds * 1e9))
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	if whole := int(d.Round(time.Second).Seconds()); whole < 10_000 {
		return fmt.Sprintf("%d s", whole)
	}
	return fmt.Sprintf("%dk s", int(d.Seconds())/1000)
}

// gutterOf is the width of the y labels and one blank, at least least.
func (a *axis) gutterOf(least int) int {
	for _, t := range a.ticks {
		least = max(least, widget.Width(t.Label)+1)
	}
	return least
}

// age formats a duration for an axis: 10m, 30s, 1h20m.
func age(d time.Duration) string {
	if whole := d.Round(time.Minute); d > 5*time.Minute && (d-whole).Abs() < 10*time.Second {
		d = whole // the last column is not complete: its seconds would only flicker
	}
	switch {
	case d >= time.Hour && d%time.Hour < time.Minute:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d >= time.Hour:
		return fmt.Sprintf("%dh%02dm", d/time.Hour, d%time.Hour/time.Minute)
	case d >= time.Minute && d%time.Minute < time.Second:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d >= time.Minute:
		return fmt.Sprintf("%dm%02ds", d/time.Minute, d%time.Minute/time.Second)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", d.Seconds()), ".0") + "s"
}
