package metrics

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/meter"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
	"relaytop/ui/widget"
)

func TestNothingIsAskedOrDrawnTwice(t *testing.T) {
	store := &fake{view: busy}
	m := New(look(t, "dark", style.Options{}), store)
	m.Resize(156, 41)
	snap := &state.Snapshot{At: start, Meter: 7, Figures: figures(meter.Minute)}
	m.Refresh(snap)
	first := m.View()
	m.Refresh(snap)
	if allocs := testing.AllocsPerRun(20, func() { m.Refresh(snap); _ = m.View() }); allocs > 0 {
		t.Errorf("an unchanged pane allocates %v times", allocs)
	}
	if store.asked != 1 || m.View() != first {
		t.Errorf("asked %d times", store.asked)
	}
	m.Refresh(&state.Snapshot{At: start, Meter: 8, Figures: figures(meter.Minute)})
	if store.asked != 2 {
		t.Error("a new version is not asked for")
	}
}

func TestViewAsksNothingAndChangesNothing(t *testing.T) {
	for _, size := range sizes {
		store := &fake{view: busy}
		m := New(look(t, "dark", style.Options{}), store)
		m.Resize(size[0], size[1])
		m.Refresh(&state.Snapshot{At: start, Meter: 1, Breakers: troubled()})
		for _, key := range []string{"", "l", "h", "j", "e", "]", "space", "esc"} {
			if key != "" {
				store.drawing = nil
				m.Update(uitest.Key(key))
			}
			store.drawing = t
			before := *m
			first := m.View()
			again := *m
			again.drawn = drawn{}
			if m.View() != first || again.View() != first {
				t.Errorf("%v, key %q: drawn again it differs", size, key)
			}
			now := *m
			now.drawn, now.actions = drawn{}, nil
			before.drawn, before.actions = drawn{}, nil
			if !reflect.DeepEqual(now, before) {
				t.Errorf("%v, key %q: drawing changed the pane", size, key)
			}
		}
	}
}

func TestCountdownOfALimitTicks(t *testing.T) {
	limits := []relay.Allowance{{Endpoint: "holysheep", AtOnce: 10, Most: 10, Held: start.Add(3500 * time.Millisecond)}}
	m := limited(look(t, "dark", style.Options{}), busy, 78, 20, limits)
	for after, want := range map[time.Duration]string{0: "nothing left, 4 s", 400 * time.Millisecond: "nothing left, 4 s",
		600 * time.Millisecond: "nothing left, 3 s", 2600 * time.Millisecond: "nothing left, 1 s"} {
		m.Refresh(&state.Snapshot{At: start.Add(after), Meter: 1, Limits: limits})
		if got := ansi.Strip(m.View()); !strings.Contains(got, want) {
			t.Errorf("after %v there is no %q:\n%s", after, want, got)
		}
	}
}

func TestCountdownOfABreakerTicks(t *testing.T) {
	m := show(look(t, "dark", style.Options{}), busy, 156, 41, troubled()...)
	if !strings.Contains(ansi.Strip(m.View()), "open, probe in 14 s") {
		t.Error("no countdown")
	}
	m.Refresh(&state.Snapshot{At: start.Add(9 * time.Second), Meter: 1, Breakers: troubled()})
	if !strings.Contains(ansi.Strip(m.View()), "open, probe in 5 s") {
		t.Error("the countdown does not move")
	}
}

func TestAnOpenBreakerIsSeenAtEverySize(t *testing.T) {
	env := look(t, "dark", style.Options{})
	for _, view := range []func(meter.Window, int) meter.View{empty, busy} {
		for _, s := range append(sizes[:], [2]int{40, 10}, [2]int{58, 12}) {
			m := show(env, view, s[0], s[1], troubled()...)
			if got := ansi.Strip(m.View()); !strings.Contains(got, "open, probe in 14 s") || !strings.Contains(got, "lab-vllm") {
				t.Errorf("%v has no breaker:\n%s", s, got)
			}
			m.Refresh(&state.Snapshot{At: start.Add(20 * time.Second), Meter: 1, Breakers: troubled()})
			if got := ansi.Strip(m.View()); !strings.Contains(got, "open, ready to probe") {
				t.Errorf("%v does not show that a probe may be sent:\n%s", s, got)
			}
		}
	}
}

func TestTheSumOfTheCostIsNeverCut(t *testing.T) {
	env := look(t, "dark", style.Options{})
	view := func(w meter.Window, n int) meter.View {
		v := busy(w, n)
		v.Figures.Estimated = true
		v.Buckets[len(v.Buckets)-1].Total = 5_711 * relay.USD / 1_000_000
		v.Figures.PerMinute = 1_234 * relay.USD / 1_000_000
		return v
	}
	for _, w := range []int{100, 116, 130, 156} {
		if got := ansi.Strip(show(env, view, w, 32).View()); !strings.Contains(got, "cost ") ||
			!strings.Contains(got, "~$0.005711") {
			t.Errorf("at %d:\n%s", w, got)
		}
	}
}

func TestWindows(t *testing.T) {
	m := show(look(t, "dark", style.Options{}), busy, 78, 20)
	status := func() string { return ansi.Strip(m.Status()) }
	if status() != "10s [1m] 10m run" {
		t.Errorf("opens on %q", status())
	}
	for _, step := range []struct{ key, want string }{{"]", "10s 1m [10m] run"}, {"]", "10s 1m 10m [run]"},
		{"]", "10s 1m 10m [run]"}, {"[", "10s 1m [10m] run"}} {
		if m.Update(uitest.Key(step.key)); status() != step.want {
			t.Errorf("%s: %q", step.key, status())
		}
	}
	if s := ansi.Strip(m.View()); !strings.Contains(s, "-10m") || !strings.Contains(s, "req/s") {
		t.Error("not ten minutes of requests")
	}
}

// TestEveryPartIsOnSomePage: what does not fit is on the next page, and e turns the pages in a circle.
func TestEveryPartIsOnSomePage(t *testing.T) {
	for _, s := range append(sizes[:], [2]int{296, 76}, [2]int{58, 11}) {
		m := show(look(t, "dark", style.Options{}), busy, s[0], s[1], troubled()...)
		seen, first := map[part]int{}, ansi.Strip(m.View())
		pages := len(m.page().layout.pages)
		for range pages {
			for _, at := range m.page().places() {
				seen[at.part]++
			}
			m.Update(uitest.Key("e"))
		}
		if ansi.Strip(m.View()) != first {
			t.Errorf("%v: the last page is not followed by the first one", s)
		}
		for _, r := range m.page().layout.grid.rows {
			for _, part := range r.parts {
				if seen[part.part] != 1 {
					t.Errorf("%v: part %d is on %d pages", s, part.part, seen[part.part])
				}
			}
		}
	}
}

func TestAYoungRunIsNotStretched(t *testing.T) {
	view := func(meter.Window, int) meter.View {
		v := busy(meter.TenSeconds, 10)
		v.Buckets, v.Heat.Cells, v.Span = v.Buckets[:4], v.Heat.Cells[:4], 4*time.Second
		return v
	}
	m := New(look(t, "dark", style.Options{}), &fake{view: view})
	m.Resize(78, 20)
	m.window = meter.Run
	m.Refresh(&state.Snapshot{At: start})
	s := ansi.Strip(m.View())
	if !strings.Contains(s, "-1m") || len(m.view.Buckets) != 60 || m.view.Buckets[55].Any || !m.view.Buckets[56].Any {
		t.Errorf("four seconds are drawn over the whole width:\n%s", s)
	}
}

func TestFoldKeepsRates(t *testing.T) {
	p := &page{view: &meter.View{Step: time.Second}}
	for range 60 {
		p.view.Buckets = append(p.view.Buckets, meter.Bucket{Any: true, OK: 3})
	}
	p.view.Buckets[59].OK = 1 // it is not over yet
	for _, n := range []int{7, 25, 60, 61, 140} {
		for i, c := range p.fold(n, true) {
			if r := per(c.ok, c.seconds); r != 3 {
				t.Fatalf("column %d of %d has the rate %v", i, n, r)
			}
		}
	}
	p.view.Buckets[30] = meter.Bucket{}
	if c := p.fold(60, true)[30]; c.any || c.seconds != 1 {
		t.Error("a gap is not a gap")
	}
	p.view.Buckets[58] = meter.Bucket{}
	if c := p.fold(60, true)[59]; c.ok != 1 {
		t.Error("what just began is not shown")
	}
}

func TestRasterAddsAndRepeats(t *testing.T) {
	got := raster([][]int{{1, 2}, nil}, 4, 4)
	if want := [][]int{{2, 2, 1, 1}, {2, 2, 1, 1}, {0, 0, 0, 0}, {0, 0, 0, 0}}; !slices.EqualFunc(got, want,
		slices.Equal[[]int]) {
		t.Errorf("%v", got)
	}
	if got := raster([][]int{{1, 2, 3, 4}, {5, 6, 7, 8}}, 1, 2); !slices.EqualFunc(got, [][]int{{22, 14}},
		slices.Equal[[]int]) {
		t.Errorf("%v", got)
	}
}

func TestEveryQuantileIsItsOwn(t *testing.T) {
	st := look(t, "dark", style.Options{}).Styles
	q := meter.Quantiles{N: 100_000, Min: 1 * time.Second, P50: 2 * time.Second, P90: 3 * time.Second,
		P95: 4 * time.Second,
		P99: 5 * time.Second, P999: 6 * time.Second, Max: 7 * time.Second}
	for p, want := range map[float64]string{.5: "2.00 s", .9: "3.00 s", .95: "4.00 s", .99: "5.00 s", .999: "6.00 s",
		.75: widget.None} {
		if got := strings.TrimSpace(ansi.Strip(quantile(st, &q, p))); got != want {
			t.Errorf("p%v is drawn as %q, want %q", 100*p, got, want)
		}
	}
	if got := ansi.Strip(quantile(st, &meter.Quantiles{}, .5)); got != widget.None {
		t.Errorf("of no samples %q", got)
	}
}

// TestFiguresMoveFromTheFirstToken: the first answer streams. Its TTFT is drawn, and its cost as an estimate.
func TestFiguresMoveFromTheFirstToken(t *testing.T) {
	streaming := func(w meter.Window, columns int) meter.View {
		v := meter.View{Version: 1, Step: 2 * time.Second, Span: time.Minute, Buckets: make([]meter.Bucket, 30)}
		v.Figures = meter.Figures{Window: w, InFlight: 1, TokPerSec: 12, Tokens: 24,
			TTFT: quantiles(1, 400*time.Millisecond, 1), Pending: 12_300 * relay.USD / 1_000_000, Elapsed: 2 * time.Second}
		newest := &v.Buckets[29]
		newest.TTFT, newest.Tokens = v.Figures.TTFT, 24
		return v
	}
	for _, size := range [][2]int{{78, 20}, {116, 32}, {156, 41}} {
		m := show(look(t, "dark", style.Options{}), streaming, size[0], size[1])
		s := ansi.Strip(m.View())
		if strings.Contains(s, "time to the first token") || !strings.ContainsAny(s, "⠤⠒⠉⣀⡠⠠⠐⠈⢀") {
			t.Errorf("no TTFT is drawn:\n%s", s)
		}
		for range 3 { // the pages of a small screen
			m.Update(uitest.Key("e"))
			s += ansi.Strip(m.View())
		}
		if !strings.Contains(s, "~$0.0123") || strings.Contains(s, "what was spent so far") ||
			!strings.ContainsAny(s, "▁▂▃▄▅▆▇█") {
			t.Errorf("no cost is drawn:\n%s", s)
		}
		if !strings.Contains(s, "drawn when the first answer ends") {
			t.Errorf("E2E does not say when it is drawn:\n%s", s)
		}
	}
}

// TestWhatWasNoticedIsShown: quirks with the time of day at which they were learned, and the last failure.
func TestWhatWasNoticedIsShown(t *testing.T) {
	m := New(look(t, "dark", style.Options{}), &fake{view: busy})
	m.Resize(296, 76)
	h := noticed()
	h.Quirks[0].Reason = "sends \x1b[2Junknown\nfields"
	m.Refresh(&state.Snapshot{At: start, Meter: 1, Health: h})
	s := m.View()
	for _, want := range []string{"503 overloaded, backup-eu", "14:23:44", "max_tokens refused", "13:24",
		"all breakers are closed"} {
		if !strings.Contains(ansi.Strip(s), want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(s, "\x1b[2J") || len(strings.Split(s, "\n")) != 76 {
		t.Error("a quirk's text reaches the terminal as it came")
	}
	h.Failed.Status = 502
	m.Refresh(&state.Snapshot{At: start, Meter: 1, Health: h})
	if s := ansi.Strip(m.View()); !strings.Contains(s, "502 overloaded") {
		t.Error("another failure is not drawn")
	}
}

// TestAttemptsAndConcurrency: an attempt that failed is seen although its request was answered, and requests in
// flight are seen by lane.
func TestAttemptsAndConcurrency(t *testing.T) {
	view := func(w meter.Window, n int) meter.View {
		v := busy(w, n)
		for i := range v.Buckets {
			b := &v.Buckets[i]
			b.Failed, b.Attempts, b.InFlight = nil, nil, [relay.NumLanes]int32{}
		}
		b := &v.Buckets[len(v.Buckets)-3]
		b.Attempts = map[relay.Class]int64{relay.ClassRateLimit: 8, relay.ClassOverloaded: 2}
		b.InFlight[relay.LaneBatch], b.InFlight[relay.LaneChat] = 40, 3
		v.Classes, v.Attempts = nil, b.Attempts
		v.Figures.Failed, v.Figures.Attempts, v.Figures.FailedAttempts = 0, 2319, 10
		v.Figures.Good, v.Figures.Judged = 1800, 2309
		return v
	}
	m := show(look(t, "dark", style.Options{}), view, 296, 76)
	press(m, "h", "h", "h")
	s := ansi.Strip(m.View())
	for _, want := range []string{"■ overload 2 ■ limit 8   10 of 2,319", "5/s  ■ overload 2 ■ limit 8",
		"■ batch 40 ■ chat 3", "within objectives  1,800 of 2,309", "78.0 %"} {
		if !strings.Contains(s, want) {
			t.Errorf("no %q in\n%s", want, s)
		}
	}
}

// TestAnObjectiveIsALine in the chart of its latency, unless it is so far away that it would press the values
// together.
func TestAnObjectiveIsALine(t *testing.T) {
	view := func(o meter.Objectives) func(meter.Window, int) meter.View {
		return func(w meter.Window, n int) meter.View {
			v := busy(w, n)
			v.Objectives = o
			return v
		}
	}
	env := look(t, "dark", style.Options{})
	plain := ansi.Strip(show(env, busy, 296, 76).View())
	near := meter.Objectives{TTFT: 800 * time.Millisecond, E2E: 40 * time.Second}
	with := ansi.Strip(show(env, view(near), 296, 76).View())
	for _, want := range []string{"objective: under 800 ms ╌", "objective: under 40 s ╌"} {
		if strings.Contains(plain, want) || !strings.Contains(with, want) {
			t.Errorf("no %q, or without an objective", want)
		}
	}
	far := show(env, view(meter.Objectives{TTFT: time.Hour, TPOT: time.Microsecond}), 296, 76).View()
	if ansi.Strip(far) != plain {
		t.Error("an objective out of reach changes the scale")
	}
}
