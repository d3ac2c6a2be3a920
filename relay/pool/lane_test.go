package pool_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
	"relaytop/relay/pool"
)

// batch submits rows of one group, and keeps a number of them in the pool.
type batch struct {
	model       string
	first       relay.ID
	rows, width int
	sent        int
}

// fill submits rows until as many are in the pool as may be.
func (b *batch) fill(t *testing.T, p *pool.Pool, l *log) {
	ended := 0
	for i := range b.sent {
		if slices.Contains(l.kinds(b.first+relay.ID(i)), relay.Done) {
			ended++
		}
	}
	for b.sent < b.rows && b.sent-ended < b.width {
		submit(t, p, relay.Request{ID: b.first + relay.ID(b.sent), Lane: relay.LaneBatch, Group: b.model, Model: b.model})
		b.sent++
	}
}

// TestBatchesAreServedInTurn: of two batches the one that is smaller and has fewer rows in the pool gets every second
// worker until it ends.
func TestBatchesAreServedInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &timed{d: time.Second}
		p, l := start(t, pool.Options{Workers: 4}, map[string]pool.Sender{"a": s}) // two serve rows
		large := &batch{model: "large", first: 1000, rows: 60, width: 20}
		small := &batch{model: "small", first: 1, rows: 12, width: 3}
		for range large.rows {
			large.fill(t, p, l)
			synctest.Wait()
			small.fill(t, p, l)
			synctest.Wait()
			pass(time.Second)
			synctest.Wait()
		}
		_, _, order := s.got()
		if len(order) != large.rows+small.rows {
			t.Fatalf("%d rows were sent, not %d", len(order), large.rows+small.rows)
		}
		from, rows := slices.Index(order, "small"), 0
		to := from
		for i, m := range order {
			if m == "small" {
				rows++
				to = i
			}
		}
		if rows != small.rows || from > 4 || to-from+1 > 2*small.rows {
			t.Errorf("the small batch was sent from %d to %d of %d: %v", from, to, len(order), order)
		}
	})
}

// TestACancelledRowLeavesItsGroup: a row that is cancelled while it waits takes no turn, and is not counted.
func TestACancelledRowLeavesItsGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &timed{d: time.Second}
		p, l := start(t, pool.Options{Workers: 3}, map[string]pool.Sender{"a": s}) // one serves rows
		for i, m := range []string{"x", "y", "y", "z"} {
			submit(t, p, relay.Request{ID: relay.ID(i + 1), Lane: relay.LaneBatch, Group: m, Model: m})
			synctest.Wait()
		}
		p.Cancel(2)
		p.Cancel(3)
		if n := p.Stats().Queued[relay.LaneBatch]; n != 1 {
			t.Errorf("%d rows wait, not 1", n)
		}
		pass(3 * time.Second)
		synctest.Wait()
		if _, _, order := s.got(); !slices.Equal(order, []string{"x", "z"}) {
			t.Errorf("sent: %v", order)
		}
		for id := range relay.ID(4) {
			l.result(t, id+1)
		}
	})
}
