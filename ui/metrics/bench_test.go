//go:build linux

package metrics

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/meter"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
)

// many is busy with a hundred models and eight endpoints.
func many(w meter.Window, columns int) meter.View {
	v := busy(w, columns)
	for i := range 95 {
		v.Models = append(v.Models, line(fmt.Sprintf("vendor/model-%d", i), int64(95-i), int64(i%3), 300, 2000, 50, 117, -1))
	}
	for i := range 5 {
		v.Endpoints = append(v.Endpoints, line(fmt.Sprintf("lab-%d", i), 5, 0, 300, 2000, 50, 117, -1))
	}
	v.Lanes = []meter.Row{line("batch", 2000, 20, 300, 2000, 50, 260_000, -1), line("chat", 9, 0, 300, 2000, 50, 1000, -1)}
	return v
}

// cpu is the processor time of the whole process, the collector's too: what a frame costs whatever else the machine
// does.
func cpu() time.Duration {
	var u unix.Rusage
	_ = unix.Getrusage(unix.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkFrame draws the whole pane from new figures, as four times a second while requests end.
func BenchmarkFrame(b *testing.B) {
	limits := []relay.Allowance{{Endpoint: "holysheep", InFlight: 7, AtOnce: 52, Most: 52, Requests: 252,
		RequestsMax: 500, Tokens: 65_100, TokensMax: 100_000}, {Endpoint: "backup-eu", AtOnce: 6, Most: 52}}
	for _, size := range [][2]int{{78, 20}, {156, 41}, {296, 76}} {
		for w := meter.TenSeconds; w <= meter.Run; w++ {
			b.Run(fmt.Sprintf("%dx%d/%s", size[0], size[1], w), func(b *testing.B) {
				m := limited(look(b, "dark", style.Options{}), many, size[0], size[1], limits, troubled()...)
				for m.window != w {
					press(m, map[bool]string{true: "]", false: "["}[m.window < w])
				}
				m.Update(uitest.Key("h"))
				b.ReportAllocs()
				before := cpu()
				for b.Loop() {
					m.drawn.stale = true
					m.View()
				}
				b.ReportMetric(float64(cpu()-before)/float64(b.N), "cpu-ns/op")
			})
		}
	}
}

// live is a meter that is asked as the store asks it.
type live struct {
	m   *meter.Meter
	now time.Time
}

func (l *live) View(w meter.Window, columns int) meter.View { return l.m.View(l.now, w, columns) }

// answer ends one request of a model.
func (l *live) answer(i int, model string) {
	id := relay.ID(i + 1)
	wait, all := time.Duration(150+i%977)*time.Millisecond, time.Duration(1000+i%5999)*time.Millisecond
	ev := relay.Event{ID: id, At: l.now, Lane: relay.LaneBatch, Model: model, Endpoint: "relay"}
	ev.Kind = relay.Queued
	l.m.Apply(&ev)
	ev.Kind = relay.Sent
	l.m.Apply(&ev)
	send := l.now.Add(-all)
	ev.Kind, ev.Result = relay.Done, &relay.Result{ID: id, Lane: relay.LaneBatch, Status: relay.StatusOK, Asked: model,
		Endpoint: "relay", Text: "x", Usage: &relay.Usage{Input: 40, Output: 200},
		Cost:     relay.Cost{Amount: relay.Money(1000 + i), Source: relay.SourceReported},
		Attempts: []relay.Attempt{{N: 1, Model: model, Endpoint: "relay"}},
		Timing: relay.Timing{Sched: send, Send: send, First: send.Add(wait), FirstOut: send.Add(wait), Last: l.now,
			Done: l.now}}
	l.m.Apply(&ev)
}

// BenchmarkFrameOfALiveMeter is a whole frame: the figures of a hundred models at four requests a second, derived and
// drawn.
func BenchmarkFrameOfALiveMeter(b *testing.B) {
	for _, size := range [][2]int{{156, 41}, {296, 76}} {
		for w := meter.TenSeconds; w <= meter.Run; w++ {
			b.Run(fmt.Sprintf("%dx%d/%s", size[0], size[1], w), func(b *testing.B) {
				l := &live{meter.New(), start}
				n := 0
				tick := func() {
					l.now = l.now.Add(meter.Fresh)
					l.answer(n, fmt.Sprintf("vendor/model-%d", n%100))
					n++
				}
				for range 2600 {
					tick()
				}
				m := New(look(b, "dark", style.Options{}), l)
				m.window = w
				m.Resize(size[0], size[1])
				b.ReportAllocs()
				before := cpu()
				for b.Loop() {
					tick()
					m.Refresh(&state.Snapshot{At: l.now, Meter: uint64(n)})
					m.View()
				}
				b.ReportMetric(float64(cpu()-before)/float64(b.N), "cpu-ns/op")
			})
		}
	}
}
