package session

import (
	"time"

	"relaytop/relay"
)

// TTFT is the time from sending to the first token, of the newest attempt. False: no token came.
func (v *View) TTFT() (time.Duration, bool) {
	if v.Result != nil {
		return v.Result.Timing.TTFT()
	}
	if v.First.IsZero() || v.Sent.IsZero() {
		return 0, false
	}
	return v.First.Sub(v.Sent), true
}

// Speed is the tokens a second after the first one: as of now while the answer is in flight. False: not known.
func (v *View) Speed(now time.Time) (float64, bool) {
	if v.Result == nil {
		return relay.LiveSpeed(v.Out, v.First, v.Last, now)
	}
	u := v.Result.AnswerUsage()
	if u == nil {
		return 0, false
	}
	return v.Result.Timing.Speed(u.Output)
}

// Burst reports whether the whole answer came at once: it has no speed.
func (v *View) Burst() bool {
	if v.Result == nil {
		return false
	}
	u := v.Result.AnswerUsage()
	return u != nil && v.Result.Timing.Burst(u.Output)
}

// Paid is what the answer cost, or about what it has cost so far.
func (v *View) Paid() relay.Cost {
	if v.Result != nil {
		return v.Result.Cost
	}
	return v.Cost
}
