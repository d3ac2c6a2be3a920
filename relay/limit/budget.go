package limit

import (
	"math"
	"slices"
	"time"

	"relaytop/relay"
)

const (
	burst   = 10 * time.Second // how many seconds of a budget may be used at once
	chatsOf = 10               // a tenth of a burst is reserved for chats
)

// budget is a rate per minute, kept as one token bucket for all lanes. All but chats leave the last tenth of a
// burst in it. A rate of zero is off. rate.Limiter has neither a floor that only some may pass nor a debt beyond a
// burst.
type budget struct {
	what      string
	perMinute int
	rate      float64 // a second
	size      float64 // the most that the bucket holds
	kept      float64 // the part reserved for chats
	level     float64 // at the time at, less every reservation; negative is a debt
	at        time.Time
	later     []*share  // subtracted from level but not due yet, so not sent
	held      time.Time // the relay has nothing left before then
}

func newBudget(what string, perMinute int, now time.Time) *budget {
	b := &budget{what: what, perMinute: perMinute, at: now}
	if perMinute <= 0 {
		return b
	}
	b.rate = float64(perMinute) / 60
	b.size = math.Floor(b.rate * burst.Seconds())
	b.kept = max(b.size/chatsOf, 1)
	b.size = max(b.size, b.kept+1)
	b.level = b.size
	return b
}

// share is one reservation.
type share struct {
	n     float64
	due   time.Time
	delay time.Duration
	held  bool // because the relay has nothing left, not by our own limit
}

// refill brings the level up to now.
func (b *budget) refill(now time.Time) {
	if passed := now.Sub(b.at); passed > 0 {
		b.level = min(b.level+passed.Seconds()*b.rate, b.size)
		b.at = now
	}
	b.later = slices.DeleteFunc(b.later, func(s *share) bool { return !s.due.After(now) })
}

// spent returns the level without the reservations that are not due yet.
func (b *budget) spent() float64 {
	level := b.level
	for _, s := range b.later {
		level += s.n
	}
	return level
}

// reserve takes n for a lane. All but chats wait in order until the bucket holds n and the chats' tenth as well. A
// chat waits only until it holds that tenth (or n, if less), never behind rows: what it takes beyond that delays
// them.
func (b *budget) reserve(n int64, lane relay.Lane, now time.Time) *share {
	if b.rate == 0 {
		return nil
	}
	b.refill(now)
	s := &share{n: float64(n)}
	short := b.kept - (b.level - s.n)
	if lane == relay.LaneChat {
		short = min(s.n, b.kept) - b.spent()
	}
	b.level -= s.n
	s.delay = b.wait(short)
	if held := b.held.Sub(now); held > s.delay {
		s.delay, s.held = held, true
	}
	if s.due = now.Add(s.delay); s.delay > 0 {
		b.later = append(b.later, s)
	}
	return s
}

// settle corrects a share to what was used; 0 gives all of it back. Use beyond the share leaves a debt of at most a
// minute's budget, because relays count by the minute.
func (b *budget) settle(s *share, used float64, now time.Time) {
	if s == nil {
		return
	}
	b.refill(now)
	b.later = slices.DeleteFunc(b.later, func(o *share) bool { return o == s })
	more := used - s.n
	if spent := b.spent(); more > 0 {
		more = min(more, max(spent+float64(b.perMinute), 0))
	}
	b.level = min(b.level-more, b.size)
}

func (b *budget) ready(lane relay.Lane, now time.Time) bool {
	if b.rate == 0 {
		return true
	}
	b.refill(now)
	if b.held.After(now) {
		return false
	}
	if lane == relay.LaneChat {
		return b.spent() >= 1
	}
	return b.level >= b.kept+1
}

// tighten lowers the bucket to what the relay reports as left; a negative number is not known.
func (b *budget) tighten(left int64, reset time.Duration, now time.Time) {
	if b.rate == 0 || left < 0 {
		return
	}
	b.refill(now)
	if over := b.spent() - float64(left); over > 0 {
		b.level -= over
	}
	if left == 0 && reset > 0 && reset <= time.Minute {
		b.held = now.Add(reset)
	}
}

// wait returns how long the bucket takes to fill by short.
func (b *budget) wait(short float64) time.Duration {
	const tolerance = 1e-6 // for rounding errors of the level
	if short <= tolerance {
		return 0
	}
	return time.Duration(min(math.Ceil(short/b.rate*float64(time.Second)), float64(longest)))
}

// longest bounds a wait, so that it can't overflow.
const longest = 24 * time.Hour
