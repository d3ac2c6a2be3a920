package cli

import (
	"time"

	"relaytop/relay"
	"relaytop/state/meter"
)

// This machine was saturated, and its figures are unreliable, if it sent requests later than both this and this share
// of the median TTFT.
const (
	mostLag      = 10 * time.Millisecond
	mostLagShare = .05
)

// quantilesObject is a latency in milliseconds over n successes; all values are null without any.
type quantilesObject struct {
	N    int64    `json:"n"`
	Mean *float64 `json:"mean"`
	Min  *float64 `json:"min"`
	P50  *float64 `json:"p50"`
	P90  *float64 `json:"p90"`
	P95  *float64 `json:"p95"`
	P99  *float64 `json:"p99"`
	P999 *float64 `json:"p999"`
	Max  *float64 `json:"max"`
}

type benchCost struct {
	costObject
	Per1k           *string `json:"per_1k_requests_usd"`
	UnknownRequests int64   `json:"unknown_requests"`

	sum, per1k relay.Money // as USD and Per1k, for people
}

type lagObject struct {
	P50 *float64 `json:"p50"`
	P99 *float64 `json:"p99"`
}

// benchConfig is what was asked for; N counts the planned requests.
type benchConfig struct {
	Model       string       `json:"model"`
	Relay       string       `json:"relay"`
	N           int          `json:"n"`
	Concurrency int          `json:"concurrency"`
	Rate        *float64     `json:"rate"`     // requests a second of an open loop; null: a closed loop
	Arrivals    *string      `json:"arrivals"` // of an open loop
	Warmup      int          `json:"warmup"`
	Prompt      string       `json:"prompt"`
	Params      relay.Params `json:"params"`
}

// benchObject is what `bench --json` prints: a flat record, as scripts rely on it. N counts the measured requests
// that ended; error_rate is their percentage.
type benchObject struct {
	N           int                   `json:"n"`
	Burst       int                   `json:"burst"` // answers that came at once: they have no tpot_ms
	OK          int64                 `json:"ok"`
	Failed      int64                 `json:"failed"`
	Concurrency int                   `json:"concurrency"`
	Seconds     float64               `json:"seconds"`
	ReqPerSec   *float64              `json:"req_per_s"`
	TokPerSec   *float64              `json:"tok_per_s"`
	Latency     quantilesObject       `json:"latency_ms"`
	TTFT        quantilesObject       `json:"ttft_ms"`
	TPOT        quantilesObject       `json:"tpot_ms"`
	InterChunk  quantilesObject       `json:"inter_chunk_ms"`
	Queue       quantilesObject       `json:"queue_ms"`
	ErrorRate   *float64              `json:"error_rate"`
	ByClass     map[relay.Class]int64 `json:"by_class"`
	Goodput     *struct{}             `json:"goodput"` // null: no objective was set
	Cost        benchCost             `json:"cost"`
	Lag         lagObject             `json:"lag_ms"`
	Saturated   bool                  `json:"saturated"`
	Config      benchConfig           `json:"config"`
	Version     string                `json:"version"`
}

// object is the result. No request may be in flight any more.
func (b *bench) object(load Load, version string) benchObject {
	b.mu.Lock()
	defer b.mu.Unlock()
	v := b.meter.View(b.ended, meter.Run, 1)
	f := &v.Figures
	o := benchObject{
		N:           b.done,
		Burst:       b.burst,
		OK:          f.OK,
		Failed:      f.Failed,
		Concurrency: b.config.Concurrency,
		Seconds:     f.Elapsed.Seconds(),
		Latency:     quantilesIn(f.E2E),
		TTFT:        quantilesIn(f.TTFT),
		TPOT:        quantilesIn(f.TPOT),
		InterChunk:  quantilesIn(b.meter.Latency(meter.Gap)),
		Queue:       quantilesIn(f.Queue),
		ByClass:     v.Classes,
		Cost:        b.cost(f),
		Config:      b.config,
		Version:     version,
	}
	if o.ByClass == nil {
		o.ByClass = make(map[relay.Class]int64)
	}
	if f.Elapsed > 0 && b.done > 0 {
		rate := float64(b.done) / f.Elapsed.Seconds() // cancelled requests were not finished
		o.ReqPerSec = &rate
		if tokens := float64(f.Tokens) / f.Elapsed.Seconds(); b.burst == 0 || int64(b.burst) < f.OK {
			o.TokPerSec = &tokens
		}
	}
	if b.done > 0 {
		percent := 100 * f.ErrorRate
		o.ErrorRate = &percent
	}
	if p50, p99, n := load.Lag(); n > 0 {
		o.Lag = lagObject{P50: msIf(p50, true), P99: msIf(p99, true)}
		o.Saturated = saturated(p50, p99, n, f.TTFT)
	}
	return o
}

// saturated reports whether this machine was too slow to measure the relay, by the p99 of n lags. With too few lags
// for a p99 the median decides, and with only a handful nothing does: one late wake-up proves nothing.
func saturated(p50, p99 time.Duration, n int64, ttft meter.Quantiles) bool {
	lags, lag := meter.Quantiles{N: n}, p99
	switch {
	case !lags.Enough(.9):
		return false
	case !lags.Enough(.99):
		lag = p50
	}
	return lag > mostLag && (ttft.N == 0 || float64(lag) > mostLagShare*float64(ttft.P50))
}

func (b *bench) cost(f *meter.Figures) benchCost {
	c := benchCost{costObject: costObject{Source: relay.SourceUnknown}, UnknownRequests: f.Unknown}
	if b.known == 0 {
		return c
	}
	per := f.Cost / relay.Money(b.known) * 1000
	if f.Cost < relay.USD*1000 { // far from the end of the range: exact to the picodollar
		per = f.Cost * 1000 / relay.Money(b.known)
	}
	c.USD, c.Source, c.Per1k = amount(&f.Cost), b.source, amount(&per)
	c.sum, c.per1k = f.Cost, per
	return c
}

func quantilesIn(q meter.Quantiles) quantilesObject {
	known := q.N > 0
	return quantilesObject{
		N:    q.N,
		Mean: msIf(q.Mean, known),
		Min:  msIf(q.Min, known),
		P50:  msIf(q.P50, known),
		P90:  msIf(q.P90, known),
		P95:  msIf(q.P95, known),
		P99:  msIf(q.P99, known),
		P999: msIf(q.P999, known),
		Max:  msIf(q.Max, known),
	}
}
