package limit

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
)

// TestPlacesKeptForChats: rows in flight leave a place for a chat, also where the relay was overrun.
func TestPlacesKeptForChats(t *testing.T) {
	for _, c := range []struct {
		name        string
		own, pool   int // the endpoint's limit, 0: none, and the pool's
		refusals    int // that narrowed it
		rows, chats int // that may be in flight, the chats beside the rows
		why         string
	}{
		{"one can't keep any", 1, 16, 0, 1, 0, "a: 1 of 1 requests in flight, our own limit (concurrency = 1)"},
		{"of two, one", 2, 16, 0, 1, 1, "a: 1 of 2 requests in flight, 1 kept for chats, our own limit (concurrency = 2)"},
		{"of five, one", 5, 16, 0, 4, 1, "a: 4 of 5 requests in flight, 1 kept for chats, our own limit (concurrency = 5)"},
		{"of 40, two", 40, 16, 0, 38, 2,
			"a: 38 of 40 requests in flight, 2 kept for chats, our own limit (concurrency = 40)"},
		{"narrowed to two", 5, 16, 1, 2, 3, "a: 2 of 2 requests in flight"},
		{"narrowed to one", 5, 16, 2, 1, 4, "a: 1 of 1 requests in flight"},
		{"the pool keeps workers", 0, 16, 0, 16, 0,
			"a: 16 of 16 requests in flight, our own limit (max_concurrent_requests = 16)"},
		{"the pool's narrowed to one", 0, 4, 2, 1, 3, "a: 1 of 1 requests in flight"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := one(relay.Endpoint{Concurrency: c.own}, c.pool)
				for range c.refusals {
					for l.Ready("a", relay.LaneBatch) {
						_ = l.Enter(t.Context(), "a", relay.LaneBatch, nil, nil)
					}
					l.Leave("a", relay.LaneBatch, relay.ClassRateLimit)
					pass(cleanWindow)
				}
				for n := l.Allowances()[0].InFlight; n > 0; n-- {
					l.Leave("a", relay.LaneBatch, relay.ClassCancelled)
				}
				if rows := fill(t, l, relay.LaneBatch); rows != c.rows {
					t.Errorf("%d rows are in flight, want %d", rows, c.rows)
				}
				full, cancel := context.WithCancel(t.Context())
				cancel()
				_ = l.Enter(full, "a", relay.LaneBatch, nil, func(cause relay.WaitCause) {
					if got := cause.Why(); got != c.why {
						t.Errorf("a row waits for %q, want %q", got, c.why)
					}
				})
				if chats := fill(t, l, relay.LaneChat); chats != c.chats {
					t.Errorf("%d chats fit beside them, want %d", chats, c.chats)
				}
				for range c.chats {
					l.Leave("a", relay.LaneChat, "")
				}
				if rows := fill(t, l, relay.LaneBatch); rows != 0 {
					t.Errorf("%d rows take the places of chats", rows)
				}
			})
		})
	}
}

// fill enters as many requests of a lane as may be in flight.
func fill(t *testing.T, l *Limiter, lane relay.Lane) (n int) {
	t.Helper()
	for ; l.Ready("a", lane); n++ {
		if err := l.Enter(t.Context(), "a", lane, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// TestAMinuteKeptForChats: after rows have used all of a minute that they may, a chat is sent at once.
func TestAMinuteKeptForChats(t *testing.T) {
	for _, c := range []struct {
		name     string
		rpm, tpm int
		tokens   int64 // of a row and of a chat
		chats    int   // at once; of the bucket, one in twenty is kept as well
	}{
		{"a request a minute can't keep any", 1, 0, 0, 0},
		{"two requests a minute", 2, 0, 0, 1},
		{"20 requests a minute", 20, 0, 0, 1},
		{"120 requests a minute", 120, 0, 0, 1},
		{"500 requests a minute", 500, 0, 0, 2},
		{"tokens", 0, 100_000, 1_000, 1},
		{"tokens, a large chat", 0, 100_000, 5_000, 1},
		{"both", 120, 100_000, 1_000, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := one(relay.Endpoint{RPM: c.rpm, TPM: c.tpm}, 16)
				for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); {
					h := l.Reserve("a", "m", relay.LaneBatch, c.tokens-relay.AssumedAnswer)
					for h.Delay > 0 {
						pass(h.Delay)
						h.Again()
					}
					h.Sent()
				}
				chats := 0
				for ; chats < 100; chats++ {
					if l.Reserve("a", "m", relay.LaneChat, c.tokens-relay.AssumedAnswer).Delay > 0 {
						break
					}
				}
				if chats < c.chats || c.chats == 0 && chats > 0 {
					t.Errorf("%d chats are sent at once, want %d", chats, c.chats)
				}
			})
		})
	}
}
