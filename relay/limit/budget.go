package limit

import (
	"math"
	"time"

	"golang.org/x/time/rate"

	"relaytop/relay"
)

const (
	burst   = 10 * time.Second // how much of a budget may be used at once
	chatsOf = 10               // one part in ten is kept for chats
)

// budget is so many a minute, in two token buckets: one for everybody, and the chats' own tenth. A nil rate is off.
type budget struct {
	what      string
	perMinute int
	all, chat *rate.Limiter
	held      time.Time // the relay has nothing left before then
}

func newBudget(what string, perMinute int, now time.Time) *budget {
	b := &budget{what: what, perMinute: perMinute}
	if perMinute <= 0 {
		return b
	}
	each := func(perMinute float64) *rate.Limiter {
		l := rate.NewLimiter(rate.Limit(perMinute/60), max(1, int(perMinute*burst.Minutes())))
		l.AllowN(now, 0)
		return l
	}
	kept := float64(perMinute) / chatsOf
	b.all, b.chat = each(float64(perMinute)-kept), each(kept)
	return b
}

// share is what was taken, and out of which bucket.
type share struct {
	from  *rate.Limiter
	n     int64
	delay time.Duration
}

// reserve takes n for a lane. A chat takes from the common bucket while that has some, else from its own.
func (b *budget) reserve(n int64, lane relay.Lane, now time.Time) share {
	if b.all == nil {
		return share{}
	}
	from := b.all
	if lane == relay.LaneChat && wait(b.all, now) > 0 && wait(b.chat, now) <= wait(b.all, now) {
		from = b.chat
	}
	s := share{from: from, n: n, delay: take(from, n, now)}
	s.delay = max(s.delay, b.held.Sub(now))
	return s
}

// settle corrects a share to what was really used: 0 gives all of it back.
func (b *budget) settle(s share, used int64, now time.Time) {
	if s.from != nil {
		take(s.from, used-s.n, now)
	}
}

func (b *budget) ready(lane relay.Lane, now time.Time) bool {
	if b.all == nil {
		return true
	}
	if b.held.After(now) {
		return false
	}
	return wait(b.all, now) == 0 || lane == relay.LaneChat && wait(b.chat, now) == 0
}

// tighten lowers the common bucket to what the relay says is left; negative says nothing.
func (b *budget) tighten(left int64, reset time.Duration, now time.Time) {
	if b.all == nil || left < 0 {
		return
	}
	if over := b.all.TokensAt(now) - float64(left); over >= 1 {
		take(b.all, int64(over), now)
	}
	if left == 0 && reset > 0 && reset <= time.Minute {
		b.held = now.Add(reset)
	}
}

// take removes n tokens and says how long it takes until the bucket has made up for them. It may go into debt by more than the burst,
// which rate.Limiter grants only in pieces; and a negative n gives tokens back, which it does for any n <= burst.
func take(l *rate.Limiter, n int64, now time.Time) time.Duration {
	n = min(n, int64(l.Burst())*1000) // a debt of hours helps nobody
	var delay time.Duration
	for first := true; first || n > 0; first = false {
		piece := min(n, int64(l.Burst()))
		delay = l.ReserveN(now, int(piece)).DelayFrom(now)
		n -= piece
	}
	return delay
}

// wait is how long the bucket needs to hold one token.
func wait(l *rate.Limiter, now time.Time) time.Duration {
	short := 1 - l.TokensAt(now)
	if short <= 0 {
		return 0
	}
	return time.Duration(math.Ceil(short / float64(l.Limit()) * float64(time.Second)))
}
