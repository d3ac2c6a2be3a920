package limit

import (
	"math"
	"slices"
	"time"

	"relaytop/relay"
)

const (
	window   = time.Minute
	chatsOf  = 20 // one in twenty is kept for chats, of the budget and of what may be used at once
	atLeast  = 2  // at once, of the smallest budget: one of them for a chat
	rounding = 1e-6
)

// budget is a limit a minute. No minute holds more than that, whenever it begins, and a bucket spreads it: at most a
// tenth is used at once. All but chats leave a part of both for chats. A limit of 0 is off.
type budget struct {
	what      string
	perMinute int
	setting   string  // what the configuration calls it
	assumed   bool    // nobody set it: it is our default
	rate      float64 // a second
	kept      float64 // of a minute, for chats

	size     float64 // the most that the bucket holds
	reserved float64 // of it, for chats
	level    float64 // at the time at; negative is a debt
	at       time.Time

	queue []*share // not sent yet, in order
	sent  []*share // in the last minute, by time
	sum   float64  // of sent
	held  time.Time
}

// share is one reservation.
type share struct {
	n    float64
	chat bool
	at   time.Time // when it was sent; zero: not yet
	gone bool      // it was sent more than a minute ago
}

func newBudget(what string, perMinute int, now time.Time) *budget {
	b := &budget{what: what, perMinute: perMinute, at: now}
	if perMinute <= 0 {
		return b
	}
	n := float64(perMinute)
	b.rate = n / window.Seconds()
	b.kept = min(max(math.Floor(n/chatsOf), 1), n-1)
	b.size = max(math.Floor(n/relay.BurstPart), atLeast)
	b.reserved = max(math.Floor(b.size/chatsOf), 1)
	b.level = b.size
	return b
}

// refill brings the bucket and the window up to now.
func (b *budget) refill(now time.Time) {
	if passed := now.Sub(b.at); passed > 0 {
		b.level = min(b.level+passed.Seconds()*b.rate, b.size)
		b.at = now
	}
	old := 0
	for old < len(b.sent) && now.Sub(b.sent[old].at) >= window {
		b.sum -= b.sent[old].n
		b.sent[old].gone = true
		old++
	}
	if b.sent = slices.Delete(b.sent, 0, old); len(b.sent) == 0 {
		b.sum = 0 // no rounding errors add up
	}
}

// enqueue reserves n for a request of the lane, at the end of the queue. It returns nil if the limit is off.
func (b *budget) enqueue(n int64, lane relay.Lane) *share {
	if b.rate == 0 {
		return nil
	}
	s := &share{n: float64(n), chat: lane == relay.LaneChat}
	b.queue = append(b.queue, s)
	return s
}

// wait is how long a share that is queued has to wait, as far as is known now; held says that the relay has nothing
// left. Chats wait only for chats: what they take delays the others.
func (b *budget) wait(s *share, now time.Time) (d time.Duration, held bool) {
	if s == nil {
		return 0, false
	}
	b.refill(now)
	ahead := 0.0
	for _, o := range b.queue {
		if o == s {
			break
		}
		if o.chat || !s.chat {
			ahead += o.n
		}
	}
	short := ahead + b.reserved + min(s.n, b.size-b.reserved) - b.level
	most := float64(b.perMinute) - b.kept
	if s.chat {
		short, most = ahead+min(s.n, b.reserved)-b.level, float64(b.perMinute)
	}
	until := now
	if short > rounding {
		until = now.Add(time.Duration(min(math.Ceil(short/b.rate*float64(time.Second)), float64(24*time.Hour))))
	}
	over := b.sum + ahead + min(s.n, most) - most
	for i := 0; over > rounding; i++ {
		if i == len(b.sent) { // it waits for some that are not sent themselves: asked again then
			until = later(until, now.Add(window))
			break
		}
		over -= b.sent[i].n
		until = later(until, b.sent[i].at.Add(window))
	}
	if b.held.After(until) {
		until, held = b.held, true
	}
	return until.Sub(now), held
}

// leftForChat is the most that a chat may use now without a wait for this limit; -1: any number, or it waits for the
// relay.
func (b *budget) leftForChat(refused bool, now time.Time) int64 {
	if b.rate == 0 || b.assumed && !refused {
		return -1
	}
	b.refill(now)
	if b.held.After(now) {
		return -1
	}
	ahead := 0.0
	for _, o := range b.queue {
		if o.chat {
			ahead += o.n
		}
	}
	left := float64(b.perMinute) - b.sum - ahead
	if level := b.level - ahead; level < b.reserved {
		left = min(left, level)
	}
	return int64(max(left, 0))
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// send moves a share from the queue to what was sent.
func (b *budget) send(s *share, now time.Time) {
	if s == nil {
		return
	}
	if i := slices.Index(b.queue, s); i >= 0 {
		b.queue = slices.Delete(b.queue, i, i+1)
	}
	b.level -= s.n
	b.sum += s.n
	s.at = now
	b.sent = append(b.sent, s)
}

// sentNow corrects when a share was sent: what came in between may have taken a while.
func (b *budget) sentNow(s *share, now time.Time) {
	if s == nil || s.gone || s.at.IsZero() || now.Sub(s.at) < time.Millisecond {
		return
	}
	if i := slices.Index(b.sent, s); i >= 0 {
		b.sent = append(slices.Delete(b.sent, i, i+1), s)
		s.at = now
	}
}

// settle corrects a share to what was used; 0 gives all of it back. The bucket's debt is at most what it holds: the
// window sees to the rest.
func (b *budget) settle(s *share, used float64, now time.Time) {
	if s == nil {
		return
	}
	b.refill(now)
	if s.at.IsZero() {
		if i := slices.Index(b.queue, s); i >= 0 {
			b.queue = slices.Delete(b.queue, i, i+1)
		}
		return
	}
	more := used - s.n
	if !s.gone {
		n := min(used, float64(b.perMinute))
		b.sum += n - s.n
		s.n = n
	}
	if more > 0 {
		more = min(more, max(b.level+b.size, 0))
	}
	b.level = min(b.level-more, b.size)
}

// ready reports whether a small request of the lane could be sent at once.
func (b *budget) ready(lane relay.Lane, now time.Time) bool {
	if b.rate == 0 {
		return true
	}
	s := &share{n: 1, chat: lane == relay.LaneChat}
	d, _ := b.wait(s, now) // it is not in the queue: all that is in it counts as ahead
	return d <= 0
}

// tighten lowers the bucket to what the relay reports as left; a negative number is not known.
func (b *budget) tighten(left int64, reset time.Duration, now time.Time) {
	if b.rate == 0 || left < 0 {
		return
	}
	b.refill(now)
	b.level = min(b.level, float64(left))
	if left == 0 && reset > 0 && reset <= time.Minute {
		b.held = now.Add(reset)
	}
}
