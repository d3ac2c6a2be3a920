package state

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/state/meter"
)

// BenchmarkReadersHoldTheLock reads 10,000 times while requests of 100 models end, and prints how long the lock was
// held. Each read comes when the figures are due again, so that none finds them derived. Run it with -benchtime 1x.
func BenchmarkReadersHoldTheLock(b *testing.B) {
	for _, reader := range []struct {
		name string
		read func(s *Store) // with the lock held, as the exported method does
	}{
		{"view", func(s *Store) { s.meter.Freeze(s.opt.Now()) }},
		{"sums", func(s *Store) { s.meter.Sums() }},
		{"present", func(s *Store) { s.meter.Present() }},
		{"counters", func(s *Store) { s.meter.Counters(s.opt.Now()) }},
	} {
		b.Run(reader.name, func(b *testing.B) {
			for b.Loop() {
				holds(b, func(s *Store) time.Duration {
					s.mu.Lock()
					defer s.mu.Unlock()
					began := time.Now()
					reader.read(s)
					return time.Since(began)
				})
			}
		})
	}
	b.Run("snapshot", func(b *testing.B) { // with the wait for the lock
		for b.Loop() {
			holds(b, func(s *Store) time.Duration {
				began := time.Now()
				s.snapshot(false)
				return time.Since(began)
			})
		}
	})
}

// holds reports how long 10,000 reads held the lock.
func holds(b *testing.B, read func(*Store) time.Duration) {
	var elapsed atomic.Int64
	start := time.Now()
	now := func() time.Time { return start.Add(time.Duration(elapsed.Load())) }
	s := New(Options{Now: now})
	more, done := make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(done)
		var id relay.ID
		for range more {
			for range 25 { // a hundred requests a second
				id++
				s.Apply(endedOf(id, now()))
			}
		}
	}()
	for range 2400 { // ten minutes before
		elapsed.Add(int64(meter.Fresh))
		more <- struct{}{}
	}
	held := make([]time.Duration, 10000)
	for i := range held {
		elapsed.Add(int64(meter.Fresh))
		more <- struct{}{}
		held[i] = read(s)
	}
	close(more)
	<-done
	slices.Sort(held)
	us := func(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
	b.ReportMetric(us(held[len(held)/2]), "p50-us")
	b.ReportMetric(us(held[len(held)*99/100-1]), "p99-us")
	b.ReportMetric(us(held[len(held)-1]), "max-us")
	if err := s.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
}

// endedOf is the end of a request of one of a hundred models.
func endedOf(id relay.ID, at time.Time) relay.Event {
	e2e := time.Second + time.Duration(id%8999)*time.Millisecond
	return relay.Event{Kind: relay.Done, ID: id, At: at, Result: &relay.Result{ID: id, Status: relay.StatusOK,
		Asked: fmt.Sprint("model ", id%100), Endpoint: fmt.Sprint("relay ", id/100%2),
		Usage:  &relay.Usage{Input: 100, Output: 200},
		Timing: relay.Timing{Send: at.Add(-e2e), First: at.Add(-e2e / 3), Last: at}}}
}
