package meter

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"relaytop/relay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is the time of a test.
type clock struct {
	m    *Meter
	base time.Time
	next relay.ID
}

func newClock() *clock {
	return &clock{m: New(), base: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
}

func (c *clock) at(d time.Duration) time.Time { return c.base.Add(d) }

func (c *clock) event(kind relay.Kind, id relay.ID, d time.Duration, change func(*relay.Event)) {
	ev := relay.Event{Kind: kind, ID: id, At: c.at(d), Attempt: 1}
	if change != nil {
		change(&ev)
	}
	c.m.Apply(&ev)
}

func (c *clock) send(d time.Duration) relay.ID {
	c.next++
	c.event(relay.Queued, c.next, d, nil)
	c.event(relay.Sent, c.next, d, func(ev *relay.Event) { ev.Model, ev.Endpoint = "gpt-4.1", "relay" })
	return c.next
}

func (c *clock) done(id relay.ID, d time.Duration, r relay.Result) {
	r.ID = id
	if r.Asked == "" {
		r.Asked, r.Endpoint = "gpt-4.1", "relay"
	}
	c.event(relay.Done, id, d, func(ev *relay.Event) { ev.Result = &r })
}

// answered is a success that was sent at d.
func (c *clock) answered(d, ttft, e2e time.Duration, out int64) relay.Result {
	return relay.Result{Status: relay.StatusOK, Text: "x", Usage: &relay.Usage{Input: 10, Output: out},
		Cost: relay.Cost{Amount: 1000, Source: relay.SourceReported},
		Timing: relay.Timing{Sched: c.at(d), Send: c.at(d), First: c.at(d + ttft), FirstOut: c.at(d + ttft),
			Last: c.at(d + e2e),
			Done: c.at(d + e2e)}}
}

// finish sends and answers a request.
func (c *clock) finish(d, ttft, e2e time.Duration, out int64) {
	id := c.send(d)
	c.done(id, d+e2e, c.answered(d, ttft, e2e, out))
}

func failed(class relay.Class) relay.Result {
	return relay.Result{Status: relay.StatusFailed, Err: &relay.Error{Class: class},
		Attempts: []relay.Attempt{{Class: class}}}
}
