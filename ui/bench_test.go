//go:build linux

package ui

import (
	"context"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/ui/uitest"
)

// A flood is a token event every 40 us: as many as a pool of a thousand fast streams makes.
const (
	floodEvents = 50_000
	floodRate   = 25_000 // a second
)

// watched shows the dashboard on a pseudo-terminal of w x h until the returned function is called.
func watched(b *testing.B, st *state.Store, w, h uint16, frames func(FrameStats)) (stop func()) {
	b.Helper()
	near, far, err := uitest.OpenPTY(w, h)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	keys, quiet := io.Pipe() // a key reader on the terminal itself outlives a program that is killed
	ready, done := make(chan struct{}), make(chan error)
	first := true
	hear := func(s FrameStats) {
		if first {
			first = false
			close(ready)
		}
		frames(s)
	}
	read := make(chan struct{})
	go func() { defer close(read); _, _ = io.Copy(io.Discard, near) }() // it ends with the terminal
	go func() {
		_, err := Run(ctx, st, Options{Theme: "dark", Frames: hear, Input: keys, Output: far,
			Environ: append(os.Environ(), "TERM=xterm-256color", "COLORTERM=truecolor")})
		done <- err
	}()
	<-ready
	return func() {
		cancel()
		if err := <-done; err != nil {
			b.Error(err)
		}
		quiet.Close()
		far.Close()
		<-read
		near.Close()
	}
}

// threadTime is the CPU time of the calling thread.
func threadTime() time.Duration {
	var ts unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts) // the clock is there on every Linux
	return time.Duration(ts.Nano())
}

// flood streams one answer into the open chat at the rate and returns the producer's work for an event: time on the
// processor alone, the waits between bursts not in it.
func flood(b *testing.B, st *state.Store, id relay.ID) (work time.Duration) {
	b.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	token := func(i int) string {
		if i%100 == 99 {
			return "\n\n"
		}
		return "word "
	}
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	start := time.Now()
	for sent := 0; sent < floodEvents; {
		now := <-tick.C
		due := min(int(now.Sub(start).Seconds()*floodRate), floodEvents)
		before := threadTime()
		for ; sent < due; sent++ {
			st.Apply(relay.Event{Kind: relay.Text, ID: id, At: now, Text: token(sent)})
		}
		work += threadTime() - before
	}
	return work / floodEvents
}

// flooded streams one answer of the flood, with a screen or without. It checks that the text is complete.
func flooded(b *testing.B, shown bool) (work time.Duration, frames float64) {
	b.Helper()
	e := &silentEngine{}
	st := state.New(state.Options{Engine: e, Relay: "sim", Model: "gpt-4.1", Params: relay.DefaultParams()})
	stop := func() {}
	var composed atomic.Int64
	if shown {
		stop = watched(b, st, 200, 50, func(s FrameStats) { composed.Store(int64(s.Composed)) })
	}
	chat := st.Snapshot().Chat.ID
	if err := st.Talk().Ask(chat, "go"); err != nil {
		b.Fatal(err)
	}
	r := e.last()
	st.Apply(relay.Event{Kind: relay.Queued, ID: r.ID, Lane: r.Lane, At: time.Now()})
	st.Apply(relay.Event{Kind: relay.Sent, ID: r.ID, Lane: r.Lane, At: time.Now(), Model: "gpt-4.1", Endpoint: "sim"})
	before, start := composed.Load(), time.Now()
	work = flood(b, st, r.ID)
	frames = float64(composed.Load()-before) / time.Since(start).Seconds()
	if text := st.Talk().Messages(chat)[1].Text; strings.Count(text, "word ") != floodEvents*99/100 ||
		strings.Count(text, "\n\n") != floodEvents/100 {
		b.Errorf("%d bytes arrived: tokens are lost", len(text))
	}
	stop()
	if err := st.Close(context.Background()); err != nil {
		b.Error(err)
	}
	return work, frames
}

// BenchmarkFlood is what the screen costs the goroutines that bring the tokens. Rounds with and without a screen
// alternate, so that both run on the same machine load.
func BenchmarkFlood(b *testing.B) {
	var with, without []time.Duration
	worst := 0.0
	flooded(b, true) // warm
	for b.Loop() {
		for range 5 {
			work, _ := flooded(b, false)
			without = append(without, work)
			work, frames := flooded(b, true)
			with = append(with, work)
			worst = max(worst, frames)
		}
	}
	slices.Sort(with)
	slices.Sort(without)
	a, c := float64(with[len(with)/2]), float64(without[len(without)/2])
	b.ReportMetric(worst, "frames/s")
	b.ReportMetric(a, "shown-ns/event")
	b.ReportMetric(c, "alone-ns/event")
	b.ReportMetric(a/c, "ratio")
	b.ReportMetric(0, "ns/op")
}
