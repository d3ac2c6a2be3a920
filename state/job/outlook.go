package job

import (
	"time"

	"relaytop/relay"
)

// Pacer is what sets the pace of a run.
type Pacer uint8

// What sets the pace of a run.
const (
	PaceUnknown Pacer = iota
	PaceConcurrency
	PaceRequests // the limit of requests a minute
	PaceTokens   // the limit of tokens a minute
)

// Outlook is how long a plan takes, and how much of its limits it uses meanwhile.
type Outlook struct {
	By                    Pacer
	Took                  time.Duration // likely; 0: not known
	Requests, RequestsMax float64       // a minute; a maximum of 0 is no limit
	Tokens, TokensMax     float64
	AtOnce                float64 // rows in flight on average; 0: not known
}

// Outlook is how long the good rows take n at a time, if a row takes latency (0: not known), under the limits of the
// relays that can answer them. Without a latency the limits set the pace, and a run can't be faster.
func (p *Plan) Outlook(n int, latency time.Duration, limits []relay.Allowance) Outlook {
	var o Outlook
	if p.Good == 0 {
		return o
	}
	free := false // a relay without a limit takes the rest
	freeTokens := false
	for i := range limits {
		o.RequestsMax += float64(limits[i].RequestsMax)
		o.TokensMax += float64(limits[i].TokensMax)
		free, freeTokens = free || limits[i].RequestsMax == 0, freeTokens || limits[i].TokensMax == 0
	}
	if free {
		o.RequestsMax = 0
	}
	if freeTokens {
		o.TokensMax = 0
	}
	perRow := float64(p.InputTokens+p.OutputLikely) / float64(p.Good)
	minutes := 0.0
	slower := func(by Pacer, m float64) {
		if o.By == PaceUnknown || m > minutes {
			o.By, minutes = by, m
		}
	}
	if latency > 0 {
		slower(PaceConcurrency, max(float64(p.Good)/float64(min(n, p.Good)), 1)*latency.Minutes())
	}
	if m := minutesAt(float64(p.Good), o.RequestsMax); m > 0 {
		slower(PaceRequests, m)
	}
	if m := minutesAt(perRow*float64(p.Good), o.TokensMax); m > 0 {
		slower(PaceTokens, m)
	}
	if o.By == PaceUnknown {
		return o
	}
	o.Took = time.Duration(minutes * float64(time.Minute))
	rate := float64(p.Good) / minutes
	o.Requests = min(rate, float64(p.Good))
	o.Tokens = o.Requests * perRow
	if latency > 0 {
		o.AtOnce = min(rate*latency.Minutes(), float64(n))
	}
	return o
}

// minutesAt is how long it takes until a limit of so much a minute, 0 for none, has let all through: a part of it goes
// at once.
func minutesAt(all, limit float64) float64 {
	if limit == 0 {
		return 0
	}
	return max(all-limit/relay.BurstPart, 0) / limit
}
