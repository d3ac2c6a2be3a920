package metrics

import (
	"math"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/meter"
	"relaytop/themes"
	"relaytop/ui/pane"
	"relaytop/ui/style"
)

var start = time.Date(2026, 3, 2, 14, 24, 22, 0, time.UTC)

// fake is a store with one view a window; it counts how often it was asked.
type fake struct {
	view    func(w meter.Window, columns int) meter.View
	asked   int
	drawing testing.TB // set while View runs: being asked then is an error
}

func (f *fake) View(w meter.Window, columns int) meter.View {
	if f.drawing != nil {
		f.drawing.Error("View asks the store")
	}
	f.asked++
	return withLines(f.view(w, columns))
}

// withLines draws the lines of a view that has none from the quantiles of its buckets.
func withLines(v meter.View) meter.View {
	for i := range v.Lines {
		l := &v.Lines[i]
		if len(l.P50) > 0 {
			continue
		}
		for k := range v.Buckets {
			q, slower := v.Buckets[k].TTFT, time.Duration(1)
			switch meter.Metric(i) {
			case meter.E2E:
				q = v.Buckets[k].E2E
			case meter.TPOT:
				q, slower = v.Buckets[k].E2E, 110
			}
			l.P50 = append(l.P50, meter.Point{Value: q.P50 / slower, N: q.N, Enough: true})
			l.P95 = append(l.P95, meter.Point{Value: q.P95 / slower, N: 4 * q.N, Enough: q.N > 5})
			l.P99 = append(l.P99, meter.Point{Value: q.P99 / slower, N: 12 * q.N, Enough: q.N > 7})
		}
		l.Covers = [3]time.Duration{v.Step, 4 * v.Step, 12 * v.Step}
	}
	return v
}

func look(t testing.TB, theme string, o style.Options) *pane.Env {
	t.Helper()
	th, err := themes.Load(theme)
	if err != nil {
		t.Fatal(err)
	}
	return &pane.Env{Styles: style.New(th, o)}
}

func show(env *pane.Env, view func(w meter.Window, columns int) meter.View, w, h int,
	breakers ...state.Breaker) *Model {
	return limited(env, view, w, h, nil, breakers...)
}

func limited(env *pane.Env, view func(w meter.Window, columns int) meter.View, w, h int, limits []relay.Allowance,
	breakers ...state.Breaker) *Model {
	m := New(env, &fake{view: view})
	m.Resize(w, h)
	m.Refresh(&state.Snapshot{At: start, Meter: 1, Breakers: breakers, Limits: limits})
	return m
}

// empty is what a meter gives that has seen nothing.
func empty(meter.Window, int) meter.View { return meter.View{} }

func quantiles(n int64, p50 time.Duration, wave float64) meter.Quantiles {
	v := time.Duration(float64(p50) * wave)
	return meter.Quantiles{N: n, Min: v / 2, P50: v, P90: v * 18 / 10, P95: v * 22 / 10, P99: v * 4, P999: v * 5,
		Max: v * 5}
}

// busy is traffic that varies, with one incident past the middle.
func busy(w meter.Window, columns int) meter.View {
	length := w.Length()
	if length == 0 {
		length = 20 * time.Minute
	}
	seconds := int64(length / time.Second)
	step := (seconds + int64(columns) - 1) / int64(columns)
	n := int((seconds + step - 1) / step)
	v := meter.View{Version: 1, Step: time.Duration(step) * time.Second,
		Span: time.Duration(step) * time.Second * time.Duration(n), Classes: map[relay.Class]int64{},
		End: start, Attempts: map[relay.Class]int64{}}
	v.Heat = meter.Heat{Low: 300 * time.Millisecond, High: 30 * time.Second, Cells: make([][]int, n)}
	total := relay.Money(420) * relay.USD / 1000
	for i := range n {
		x := float64(i) / float64(n)
		hit := math.Exp(-(x - .57) * (x - .57) / .0016)
		wave := (1 + .1*math.Sin(9*x*math.Pi)) * (1 + hit)
		ok := int64(float64(4*step)*(1-.4*hit) + .5)
		b := meter.Bucket{Any: true, OK: ok, Tokens: int64(93 * float64(ok) * (1 - .2*hit)), Failed: map[relay.Class]int64{},
			TTFT: quantiles(ok, 284*time.Millisecond, wave), E2E: quantiles(ok, 2240*time.Millisecond, wave)}
		if hit > .5 {
			b.Failed[relay.ClassOverloaded], b.Failed[relay.ClassRateLimit] = max(ok/8, 1), max(ok/9, 1)
		}
		if i%17 == 3 {
			b.Failed[relay.ClassTimeout] = 1
		}
		b.Attempts = map[relay.Class]int64{relay.ClassRateLimit: int64(i % 2)}
		b.InFlight[relay.LaneBatch], b.InFlight[relay.LaneChat] = 10, int32(i%5/4)
		for c, k := range b.Failed {
			v.Classes[c] += k
			b.Attempts[c] += 2 * k
		}
		for c, k := range b.Attempts {
			v.Attempts[c] += k
		}
		b.Cost = relay.Money(ok) * 170 * relay.USD / 1_000_000
		total += b.Cost
		b.Total = total
		cells := make([]int, 24)
		for j := range cells {
			d := float64(j)/24 - .42 - .2*hit
			cells[j] = int(11 * math.Exp(-d*d*90))
		}
		v.Buckets, v.Heat.Cells[i] = append(v.Buckets, b), cells
	}
	v.Figures = figures(w)
	v.Models = []meter.Row{
		line("deepseek-v3.2", 2268, 27, 286, 2220, 48, 259_800, 86_600),
		line("gemini-2.5-flash", 61, 3, 196, 1010, 112, 40_000, -1),
		line("gpt-4.1", 6, 0, 412, 7150, 61, 79_300, -1),
		line("claude-sonnet-4.5", 4, 0, 684, 7850, 54, 97_700, -1),
		line("qwen\x1b[2Jmax", 1, 1, 0, 0, 0, 0, -1)}
	v.Endpoints = []meter.Row{line("holysheep", 2201, 18, 282, 2210, 48, 400_000, -1),
		line("backup-eu", 132, 12, 402, 2900, 51, 60_000, -1), line("lab-vllm", 6, 1, 1020, 4100, 22, 0, -1)}
	return v
}

func line(key string, n, failed int64, ttft, e2e, speed, micro, saved int64) meter.Row {
	r := meter.Row{Key: key, Requests: n, Failed: failed,
		TTFT:      quantiles(n-failed, time.Duration(ttft)*time.Millisecond, 1),
		E2E:       quantiles(n-failed, time.Duration(e2e)*time.Millisecond, 1),
		TokPerSec: float64(speed), Cost: relay.Money(micro) * relay.USD / 1_000_000}
	if saved >= 0 {
		r.Saved, r.SavedKnown = relay.Money(saved)*relay.USD/1_000_000, true
	}
	return r
}

func figures(w meter.Window) meter.Figures {
	return meter.Figures{Window: w, Any: true, ReqPerSec: 3.9, TokPerSec: 367,
		TTFT: quantiles(2309, 284*time.Millisecond, 1), E2E: quantiles(2309, 2240*time.Millisecond, 1),
		TPOT: quantiles(2309, 20*time.Millisecond, 1), Queue: quantiles(2309, 12*time.Millisecond, 1), OK: 2309, Failed: 30,
		ErrorRate: 30. / 2339, OKPerSec: 3.85, Attempts: 2412, FailedAttempts: 73,
		InFlight: 11, Queued: 50, Waiting: 1, Cost: 571_100 * relay.USD / 1_000_000, PerMinute: 48 * relay.USD / 1000,
		Elapsed: 10 * time.Minute}
}

// young is a minute of which only the last six seconds hold anything.
func young(w meter.Window, columns int) meter.View {
	v := busy(w, columns)
	for i := range v.Buckets[:len(v.Buckets)-3] {
		v.Buckets[i], v.Heat.Cells[i] = meter.Bucket{}, make([]int, 24)
	}
	v.Figures.TTFT.N, v.Figures.E2E.N = 9, 9
	v.Models, v.Endpoints = v.Models[2:3], v.Endpoints[:1]
	v.Classes = map[relay.Class]int64{}
	v.Figures.OK, v.Figures.Failed, v.Figures.ErrorRate, v.Figures.FailedAttempts = 9, 0, 0, 0
	return v
}

// failing is a minute in which nothing was answered.
func failing(w meter.Window, columns int) meter.View {
	v := busy(w, columns)
	for i := range v.Buckets {
		v.Buckets[i] = meter.Bucket{Any: i%3 == 0}
		if i%3 == 0 {
			v.Buckets[i].Failed = map[relay.Class]int64{relay.ClassAuth: 2, relay.ClassQuota: 1}
		}
		v.Heat.Cells[i] = nil
	}
	v.Heat = meter.Heat{}
	v.Classes = map[relay.Class]int64{relay.ClassAuth: 20, relay.ClassQuota: 10}
	v.Figures = meter.Figures{Window: w, Any: true, ReqPerSec: .5, Failed: 30, ErrorRate: 1, Attempts: 30,
		FailedAttempts: 30}
	v.Models = []meter.Row{line("gpt-4.1", 30, 30, 0, 0, 0, 0, -1)}
	v.Endpoints = []meter.Row{line("holysheep", 30, 30, 0, 0, 0, 0, -1)}
	return v
}

// extreme is what no axis and no column was made for: a microsecond and an hour in one chart, two hundred models,
// names in wide characters and with control characters, and sums of money from both ends.
func extreme(w meter.Window, columns int) meter.View {
	v := busy(w, columns)
	for i := range v.Buckets {
		b := &v.Buckets[i]
		b.TTFT, b.E2E = quantiles(1, time.Microsecond, 1), quantiles(1, time.Hour, 1)
		b.OK, b.Tokens = int64(i%2)*1_000_000, int64(i)*1_000_000_000
		b.Attempts = map[relay.Class]int64{"a class of the future": 1_000_000}
		b.Total = relay.Money(i) * 1_000_000 * relay.USD
	}
	v.Buckets[0].TTFT = quantiles(1, time.Hour, 1)
	v.Models, v.Endpoints = nil, nil
	for i := range 200 {
		v.Models = append(v.Models, line(strings.Repeat("模型", i%20)+"\x1b]0;x\x07\u202e", 12_345_678, 1, 3_600_000, 3_600_000,
			100_000, 117, 1))
		v.Endpoints = append(v.Endpoints, line("中継器\n中継器", 1, 1, 0, 0, 0, 1_000_000_000_000, -1))
	}
	return v
}
