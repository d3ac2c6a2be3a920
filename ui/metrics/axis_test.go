package metrics

import (
	"slices"
	"strings"
	"testing"
	"time"

	"relaytop/state/meter"
)

func labelsOf(a axis) string {
	var out []string
	for _, t := range slices.Backward(a.ticks) {
		out = append(out, t.Label)
	}
	return strings.Join(out, ",")
}

func TestLatencyAxis(t *testing.T) {
	for _, c := range []struct {
		lo, hi time.Duration
		lines  int
		want   string
	}{
		{284 * time.Millisecond, 1140 * time.Millisecond, 7, "3 s,1 s,300 ms,100 ms"},
		{100 * time.Millisecond, 3 * time.Second, 13, "3 s,1 s,300 ms,100 ms"},
		{100 * time.Millisecond, 3 * time.Second, 19, "3 s,1 s,300 ms,100 ms"},
		{2 * time.Second, 30 * time.Second, 7, "30 s,10 s,3 s,1 s"},
		{20 * time.Millisecond, 2 * time.Second, 13, "10 s,3 s,1 s,300 ms,100 ms,30 ms,10 ms"},
		{20 * time.Millisecond, 20 * time.Millisecond, 7, "100 ms,30 ms,10 ms,3 ms"},
		{2 * time.Microsecond, 2 * time.Hour, 2, "10k s,1 µs"},
	} {
		a := logarithmic(c.lo, c.hi, c.lines)
		if got := labelsOf(a); got != c.want {
			t.Errorf("%v to %v on %d lines: %s, want %s", c.lo, c.hi, c.lines, got, c.want)
		}
		if a.Low > c.lo.Seconds() || a.High < c.hi.Seconds() {
			t.Errorf("%v to %v on %d lines: the scale is %v to %v", c.lo, c.hi, c.lines, a.Low, a.High)
		}
	}
}

// TestLabelsStandWhereTheirValueIs: at most a dot of braille beside it, which a third of a decade is from a half.
func TestLabelsStandWhereTheirValueIs(t *testing.T) {
	for lines := 2; lines < 40; lines++ {
		for _, high := range []float64{.0007, .3, 1, 4.7, 99, 402, 12_345} {
			a := linear(high, lines, 5, number)
			if a.High < high || lines > 4 && a.High > 2.6*high || len(a.ticks) < 2 || len(a.ticks) > 6 {
				t.Errorf("%v on %d lines: up to %v, %d labels", high, lines, a.High, len(a.ticks))
			}
		}
		a := logarithmic(35*time.Millisecond, 4*time.Second, lines)
		for _, tick := range a.ticks {
			value := 0.
			for i := range lastDecade + 1 {
				if latency(decade(float64(i))) == tick.Label {
					value = decade(float64(i))
				}
			}
			if at := a.At(value) * float64(lines-1); at < float64(tick.Line)-.3 || at > float64(tick.Line)+.3 {
				t.Errorf("%d lines: %s is at %v, its label at %d", lines, tick.Label, at, tick.Line)
			}
		}
	}
}

func TestAxesAreRound(t *testing.T) {
	for _, c := range []struct {
		high  float64
		lines int
		label func(v, step float64) string
		want  string
	}{
		{4.3, 11, number, "5,4,3,2,1,0"},
		{4.3, 3, number, "5,0"},
		{402, 11, number, "500,400,300,200,100,0"},
		{402, 3, number, "500,0"},
		{.7, 11, number, "1.0,0.8,0.6,0.4,0.2,0.0"},
		{20_000, 3, number, "20k,0"},
		{1, 11, dollars, "$1.00,$0.80,$0.60,$0.40,$0.20,$0.00"},
		{.0025, 11, dollars, "$0.0025,$0.0020,$0.0015,$0.0010,$0.0005,$0.0000"},
		{.0023, 6, dollars, "$0.0020,$0.0010,$0.0000"},
		{70, 11, dollars, "$100,$80,$60,$40,$20,$0"},
		{.000117, 3, dollars, "$0.0002,$0.0000"},
		{1.9, 11, perSecond, "2/s,1/s,0"},
	} {
		if got := labelsOf(linear(c.high, c.lines, 5, c.label)); got != c.want {
			t.Errorf("%v on %d lines: %s, want %s", c.high, c.lines, got, c.want)
		}
	}
}

func TestHeatTicks(t *testing.T) {
	heat := meter.Heat{Low: 300 * time.Millisecond, High: 30 * time.Second}
	if got := labelsOf(axis{ticks: heatTicks(&heat, 13)}); got != "30 s,10 s,3 s,1 s,300 ms" {
		t.Error(got)
	}
	if got := labelsOf(axis{ticks: heatTicks(&heat, 5)}); got != "30 s,3 s,300 ms" {
		t.Error(got)
	}
}
