package meter

import (
	"strings"
	"testing"
	"time"

	"relaytop/relay"
)

// say is text of 4 letters a token.
func (c *clock) say(id relay.ID, at time.Duration, tokens int) {
	c.event(relay.Text, id, at, func(ev *relay.Event) { ev.Text = strings.Repeat("word", tokens) })
}

// TestTheSpeedIsThatOfAnswers: the text of what failed, was cancelled, or ended without a result is withdrawn in the
// seconds in which it came.
func TestTheSpeedIsThatOfAnswers(t *testing.T) {
	usage := &relay.Usage{Input: 10, Output: 90}
	status := func(s relay.Status) *relay.Result { return &relay.Result{Status: s, Usage: usage} }
	for _, q := range []struct {
		name   string
		result *relay.Result
		want   int64
	}{
		{"answered", status(relay.StatusOK), 90},
		{"cut by its limit", status(relay.StatusLength), 90},
		{"without usage", &relay.Result{Status: relay.StatusOK}, 50},
		{"failed", status(relay.StatusFailed), 0},
		{"truncated", status(relay.StatusTruncated), 0},
		{"cancelled", status(relay.StatusCancelled), 0},
		{"from our cache", &relay.Result{Status: relay.StatusOK, Usage: usage, Cached: true}, 0},
		{"no result", nil, 0},
	} {
		c := newClock()
		id := c.send(0)
		c.say(id, time.Second, 20)
		c.say(id, 2*time.Second, 30)
		if n := c.m.Figures(c.at(3*time.Second), Minute).Tokens; n != 50 {
			t.Errorf("%s: %d tokens while it comes, want 50", q.name, n)
		}
		c.event(relay.Done, id, 4*time.Second, func(ev *relay.Event) { ev.Result = q.result })
		for _, w := range []Window{TenSeconds, Run} {
			v := c.m.View(c.at(5*time.Second), w, 60)
			var sum int64
			for _, b := range v.Buckets {
				sum += b.Tokens
				if b.Tokens < 0 || q.want == 0 && b.Tokens != 0 {
					t.Errorf("%s, %v: a bucket has %d tokens", q.name, w, b.Tokens)
				}
			}
			if n := v.Figures.Tokens; n != q.want || w == TenSeconds && sum != q.want {
				t.Errorf("%s, %v: %d tokens, %d in the buckets, want %d", q.name, w, n, sum, q.want)
			}
		}
	}
}

// TestAFailedAttemptTakesItsTextWithIt: what the next attempt says counts alone.
func TestAFailedAttemptTakesItsTextWithIt(t *testing.T) {
	c := newClock()
	id := c.send(0)
	c.say(id, time.Second, 20)
	c.event(relay.Failed, id, 2*time.Second, func(ev *relay.Event) {
		ev.Err, ev.Usage = &relay.Error{Class: relay.ClassTruncated}, &relay.Usage{Input: 10, Output: 25}
	})
	if n := c.m.Figures(c.at(2*time.Second), Minute).Tokens; n != 0 {
		t.Errorf("%d tokens after it failed", n)
	}
	c.event(relay.Sent, id, 3*time.Second, func(ev *relay.Event) { ev.Attempt = 2 })
	c.say(id, 4*time.Second, 30)
	r := c.answered(3*time.Second, time.Second, 2*time.Second, 40)
	c.done(id, 5*time.Second, r)
	if n := c.m.Figures(c.at(6*time.Second), Minute).Tokens; n != 40 {
		t.Errorf("%d tokens, want the 40 of the answer", n)
	}
}

// TestALongAnswerIsWithdrawnWhole: also what came before the windows.
func TestALongAnswerIsWithdrawnWhole(t *testing.T) {
	c := newClock()
	id := c.send(0)
	end := time.Hour
	for at := time.Second; at < end; at += time.Second {
		c.say(id, at, 3)
	}
	r := failed(relay.ClassTruncated)
	c.done(id, end, r)
	for _, w := range []Window{TenSeconds, TenMinutes, Run} {
		if n := c.m.Figures(c.at(end), w).Tokens; n != 0 {
			t.Errorf("%v: %d tokens stay", w, n)
		}
	}
}
