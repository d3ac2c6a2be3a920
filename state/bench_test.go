package state

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"relaytop/relay"
)

// BenchmarkApply folds from two goroutines while a third takes thirty snapshots a second, as the screen does. One
// event in 400 ends a request and the next begins.
func BenchmarkApply(b *testing.B) {
	s := New(Options{Now: time.Now})
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Second / 30)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				s.Snapshot()
			}
		}
	}()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	b.ResetTimer()
	var wg sync.WaitGroup
	for g := range 2 {
		wg.Go(func() { feed(s, relay.ID(g+1)<<32, b.N/2) })
	}
	wg.Wait()
	b.StopTimer()
	runtime.ReadMemStats(&after)
	close(stop)
	<-done
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(b.N), "allocs/event")
	if err := s.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
}

func feed(s *Store, id relay.ID, n int) {
	start := time.Now()
	for i := range n {
		at := start.Add(time.Duration(i) * 200)
		ev := relay.Event{Kind: relay.Text, ID: id, At: at, Lane: relay.LaneBatch, Text: "several words "}
		switch i % 400 {
		case 0:
			id++
			ev.ID, ev.Kind, ev.Text = id, relay.Queued, ""
		case 1:
			ev.Kind, ev.Model, ev.Endpoint, ev.Text = relay.Sent, "gpt-4.1", "relay", ""
		case 399:
			ev.Kind, ev.Text = relay.Done, ""
			ev.Result = &relay.Result{ID: id, Lane: relay.LaneBatch, Status: relay.StatusOK, Asked: "gpt-4.1", Endpoint: "relay",
				Usage:  &relay.Usage{Input: 100, Output: 1400},
				Timing: relay.Timing{Send: at.Add(-time.Second), First: at.Add(-time.Second / 2), Last: at}}
		}
		s.Apply(ev)
	}
}

// BenchmarkApplyChat is the same for the text of one chat: it is kept whole.
func BenchmarkApplyChat(b *testing.B) {
	w := &wire{}
	s := New(Options{Engine: w, Model: "gpt-4.1"})
	w.store = s
	if err := s.Talk().Ask(s.open, "hello"); err != nil {
		b.Fatal(err)
	}
	ev := relay.Event{Kind: relay.Text, ID: w.last().ID, At: time.Now(), Text: "several words "}
	b.ReportAllocs()
	for b.Loop() {
		s.Apply(ev)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	if err := s.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
}
