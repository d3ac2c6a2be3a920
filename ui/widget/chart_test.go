package widget

import (
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"relaytop/themes"
	"relaytop/ui/style"
)

func look(t testing.TB, theme string, symbols style.Symbols) *style.Styles {
	t.Helper()
	th, err := themes.Load(theme)
	if err != nil {
		t.Fatal(err)
	}
	return style.New(th, style.Options{Symbols: symbols})
}

// looks are all that a widget can be asked to look like.
func looks(t testing.TB) []*style.Styles {
	var all []*style.Styles
	for _, theme := range []string{"dark", "light", "mono"} {
		for _, symbols := range []style.Symbols{style.Braille, style.Block, style.ASCII} {
			all = append(all, look(t, theme, symbols))
		}
	}
	return all
}

func stripped(lines []string) string { return ansi.Strip(strings.Join(lines, "\n")) }

func TestPlotShapes(t *testing.T) {
	rising := []float64{0, 1, 2, 3, 4, 5, 6, 7}
	for symbols, want := range map[style.Symbols]string{
		style.Braille: "  ⡠⠊\n⡠⠊  ",
		style.Block:   "  ▄▀\n▄▀  ",
		style.ASCII:   "  ..\n..  ",
	} {
		st := look(t, "dark", symbols)
		if got := stripped(Plot(st, 4, 2, []Series{{Values: rising, Ink: st.Chart[0]}}, Scale{High: 7})); got != want {
			t.Errorf("%d:\n%s\nwant\n%s", symbols, got, want)
		}
	}
}

func TestPlotGapsAreGaps(t *testing.T) {
	st := look(t, "dark", style.Braille)
	nan := math.NaN()
	got := stripped(Plot(st, 4, 1, []Series{{Values: []float64{1, 1, nan, nan, 1}, Ink: st.Chart[0]}}, Scale{High: 1}))
	if got != "⠉ ⠁ " {
		t.Errorf("got %q", got)
	}
}

func TestLogScale(t *testing.T) {
	s := Scale{Low: 0.1, High: 10, Log: true}
	for v, want := range map[float64]float64{0.1: 0, 1: 0.5, 10: 1, 100: 1, 0: 0, -1: 0} {
		if got := s.At(v); math.Abs(got-want) > 1e-9 {
			t.Errorf("At(%v) = %v, want %v", v, got, want)
		}
	}
	if got := (Scale{}).At(3); got != 0 {
		t.Errorf("an empty scale gives %v", got)
	}
}

func TestStackShowsOneFailureInHundreds(t *testing.T) {
	st := look(t, "dark", style.Braille)
	cols := [][]Part{{{1, st.Error}, {399, st.Fill[0]}}, {{0, st.Error}, {200, st.Fill[0]}}, {{1, st.Error}}, {}}
	rows := Stack(st, 4, 2, cols, 400)
	if got := stripped(rows); got != "█   \n▁█▁ " {
		t.Errorf("got\n%s", got)
	}
	mono := look(t, "mono", style.Braille)
	cols = [][]Part{{{1, mono.Error}, {399, mono.Fill[0]}}, {{0, mono.Error}, {200, mono.Fill[0]}}}
	if got := stripped(Stack(mono, 2, 2, cols, 400)); got != "░ \n╳░" {
		t.Errorf("without colour\n%s", got)
	}
}

func TestBarPartsAreSeen(t *testing.T) {
	st := look(t, "dark", style.Braille)
	bar := Bar(st, 10, []Part{{0.5, st.Done}, {0.0001, st.Error}, {0.2, st.Fill[0]}}, st.Grid)
	if got := ansi.Strip(bar); got != "█████▏█▏██" {
		t.Errorf("got %q", got)
	}
	mono := look(t, "mono", style.Braille)
	bar = Bar(mono, 10, []Part{{0.5, mono.Done}, {0.0001, mono.Error}, {0.2, mono.Fill[0]}}, mono.Grid)
	if got := ansi.Strip(bar); got != "█████╳░░  " {
		t.Errorf("without colour %q", got)
	}
	if got := ansi.Strip(Meter(st, 10, []Part{{0.001, st.Done}, {0.5, st.Warn}})); got != "━━━━━━────" {
		t.Errorf("meter %q", got)
	}
}

func TestHeat(t *testing.T) {
	cells := [][]int{{0, 0}, {1, 0}, {0, 5}, {12, 12}}
	steps := [5]int{1, 2, 4, 8, 12}
	if got := stripped(Heat(look(t, "dark", style.Braille), 4, 1, cells, steps)); got != " ▀▄▀" {
		t.Errorf("got %q", got)
	}
	if got := stripped(Heat(look(t, "mono", style.Braille), 4, 1, cells, steps)); got != " .+#" {
		t.Errorf("without colour %q", got)
	}
}

func TestChart(t *testing.T) {
	st := look(t, "dark", style.Braille)
	spec := ChartSpec{
		Left: "req/s", Right: st.Text.Paint("3.90"), YLabels: []string{"5", "0"}, XLabels: []string{"-10m", "-5m", "now"},
		Gutter: 4,
		Draw: func(w, h int) []string {
			return Stack(st, w, h, [][]Part{{{5, st.Fill[0]}}, {{2.5, st.Fill[0]}}}, 5)
		},
	}
	want := strings.Join([]string{
		"req/s ───────────── 3.90",
		"  5 █┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈",
		"    █                   ",
		"    █▄                  ",
		"    ██                  ",
		"  0 ██┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈",
		"    -10m    -5m      now",
	}, "\n")
	if got := ansi.Strip(Chart(st, 24, 7, spec)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	spec.Draw, spec.Note = nil, []string{"tokens a second"}
	if got := ansi.Strip(Chart(st, 24, 5, spec)); !strings.Contains(got, "\n      tokens a second   \n") {
		t.Errorf("the note is missing:\n%s", got)
	}
}

// Every widget gives exactly what was asked for, at every size and in every look.
func TestSizes(t *testing.T) {
	for _, st := range looks(t) {
		for _, size := range [][2]int{{1, 1}, {3, 2}, {4, 3}, {9, 4}, {20, 5}, {50, 15}, {156, 9}} {
			w, h := size[0], size[1]
			series := []Series{{Values: []float64{1, 5, 2, math.NaN(), 9, math.Inf(1), -3}, Ink: st.Chart[0]},
				{Values: make([]float64, 400), Ink: st.Chart[1]}}
			var cols [][]Part
			cells := [][]int{{1, 2}, nil, {9, 99, 3}}
			for i := range 200 {
				cols = append(cols, []Part{{float64(i % 3), st.Error}, {float64(i % 40), st.Fill[1]}})
			}
			for name, got := range map[string]string{
				"plot":  strings.Join(Plot(st, w, h, series, Scale{Low: 0.1, High: 9, Log: true}), "\n"),
				"stack": strings.Join(Stack(st, w, h, cols, 30), "\n"),
				"heat":  strings.Join(Heat(st, w, h, cells, [5]int{1, 2, 3, 4, 5}), "\n"),
				"box":   Box(st, w, h, "2 batch", "replies.csv", "running", true, "one\n"+strings.Repeat("長い", 100)),
				"panel": Panel(st, w, h, "palette", "", "7 of 214", "one"),
				"chart": Chart(st, w, h, ChartSpec{
					Left: "TTFT", Right: "p50 284 ms", YLabels: []string{"3 s", "1 s", "100 ms"},
					XLabels: []string{"-10m", "-5m", "now"},
					Note:    []string{"a note that is rather long for this", "and its second line"},
					Marks:   []Mark{{1, "budget", st.Warn}},
					Draw:    func(w, h int) []string { return Stack(st, w, h, cols, 30) },
				}),
			} {
				lines := strings.Split(got, "\n")
				if len(lines) != h {
					t.Errorf("%s %dx%d: %d lines", name, w, h, len(lines))
				}
				for _, line := range lines {
					if Width(line) != w {
						t.Errorf("%s %dx%d: a line of %d: %q", name, w, h, Width(line), ansi.Strip(line))
						break
					}
				}
			}
			for name, got := range map[string]string{
				"bar":     Bar(st, w, []Part{{0.6, st.Done}, {0.9, st.Error}}, st.Grid),
				"meter":   Meter(st, w, []Part{{0.6, st.Done}, {7, st.Warn}}),
				"section": Section(st, w, "by model", "grey: too few samples"), "span": Span(st, w, 0.3, 0.31, st.Done, false),
				"strip": Strip(st, w, StripData{Demo: true, Relay: "sim", Model: "gpt-4.1", TTFT50: Figure{"284", "ms"},
					TTFT95: Figure{"1.2", "s"}, Spend: Spend{Settled: "$0.5711", Short: "$0.57", PerMinute: "$0.0480"}}),
				"footer": Footer(st, w, []Hint{{"enter", "send"}, {"esc", "stop"}}, Hint{"?", "help"}),
				"tabs":   Tabs(st, w, []Tab{{"1 chat", true}, {"2 batch 3,062/5,000", false}}, "Retry budget in Go"),
				"table":  Table(st, w, []Column{{"row", 4, true}, {"answer", 0, false}}, [][]string{{"1", "x"}}, 0)[1],
			} {
				if Width(got) != w || strings.Contains(got, "\n") {
					t.Errorf("%s %d: %d cells: %q", name, w, Width(got), ansi.Strip(got))
				}
			}
		}
	}
}

func BenchmarkPercentiles(b *testing.B) {
	st := look(b, "dark", style.Braille)
	series := make([]Series, 3)
	for i := range series {
		series[i].Ink = st.Chart[i]
		for k := range 138 {
			series[i].Values = append(series[i].Values, 0.3*float64(i+1)*(1+0.2*math.Sin(float64(k)/5)))
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		Plot(st, 69, 13, series, Scale{0.1, 3.3, true})
	}
}

func BenchmarkStack(b *testing.B) {
	st := look(b, "dark", style.Braille)
	var cols [][]Part
	for i := range 60 {
		cols = append(cols, []Part{{float64(i%9) / 9, st.Error}, {3.9, st.Fill[0]}})
	}
	b.ReportAllocs()
	for b.Loop() {
		Stack(st, 60, 11, cols, 5)
	}
}

func BenchmarkChart(b *testing.B) {
	st := look(b, "dark", style.Braille)
	values := make([]float64, 138)
	b.ReportAllocs()
	for b.Loop() {
		Chart(st, 76, 15, ChartSpec{
			Left: "TTFT", YLabels: []string{"3 s", "1 s", "300 ms", "100 ms"}, XLabels: []string{"-10m", "-5m", "now"},
			Draw: func(w, h int) []string {
				return Plot(st, w, h, []Series{{Values: values, Ink: st.Chart[0]}}, Scale{0.1, 3.3, true})
			},
		})
	}
}
