package meter

import (
	"testing"
	"time"

	"relaytop/relay"
)

// TestConcurrencyOverTime: each bucket has the most at once by lane, also where nothing happened, in every window.
func TestConcurrencyOverTime(t *testing.T) {
	c := newClock()
	send := func(d time.Duration, lane relay.Lane) relay.ID {
		c.next++
		c.event(relay.Queued, c.next, d, func(ev *relay.Event) { ev.Lane = lane })
		c.event(relay.Sent, c.next, d, func(ev *relay.Event) { ev.Lane = lane })
		return c.next
	}
	first, second := send(0, relay.LaneBatch), send(5*time.Second, relay.LaneBatch)
	chat := send(5500*time.Millisecond, relay.LaneChat)
	c.done(chat, 5900*time.Millisecond, c.answered(0, time.Second, time.Second, 10))
	c.done(first, 20*time.Second, c.answered(0, time.Second, 20*time.Second, 10))
	v := c.m.View(c.at(30*time.Second), Minute, 60)
	at := func(sec int) (batch, chat int32) {
		b := v.Buckets[len(v.Buckets)-1-int((v.End.Sub(c.at(time.Duration(sec)*time.Second))-1)/v.Step)]
		return b.InFlight[relay.LaneBatch], b.InFlight[relay.LaneChat]
	}
	for sec, want := range map[int][2]int32{0: {1, 0}, 4: {1, 0}, 5: {2, 1}, 6: {2, 0}, 19: {2, 0}, 20: {2, 0}, 21: {1, 0},
		30: {1, 0}} {
		if batch, chat := at(sec); batch != want[0] || chat != want[1] {
			t.Errorf("at %d s: %d rows and %d chats, want %v", sec, batch, chat, want)
		}
	}
	c.done(second, 2000*time.Second, c.answered(0, time.Second, 1000*time.Second, 10))
	c.finish(2050*time.Second, time.Second, time.Second, 10)
	v = c.m.View(c.at(2051*time.Second), Run, 100)
	if batch, _ := at(1000); batch != 1 {
		t.Errorf("in the middle of the run: %d", batch)
	}
	if batch, chat := at(7); batch != 2 || chat != 1 {
		t.Errorf("at the begin of the run: %d rows, %d chats", batch, chat)
	}
	if batch, _ := at(2049); batch != 0 {
		t.Errorf("at the end of the run: %d", batch)
	}
}
