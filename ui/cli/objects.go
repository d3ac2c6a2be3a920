package cli

import (
	"time"

	"relaytop/relay"
)

// The objects that scripts rely on: names may be added, never renamed. Amounts are exact decimal strings in USD,
// times are milliseconds, and what is unknown is null.

type costObject struct {
	USD    *string      `json:"usd"`
	Source relay.Source `json:"source"`
	Part   *string      `json:"known_usd,omitempty"` // of an unknown cost: at least this was paid
}

type errorObject struct {
	Class        relay.Class `json:"class"`
	Status       *int        `json:"status"`
	Code         *string     `json:"code"`
	Message      string      `json:"message"`
	RetryAfterMS *float64    `json:"retry_after_ms"`
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func msIf(d time.Duration, ok bool) *float64 {
	if !ok {
		return nil
	}
	v := ms(d)
	return &v
}

// orNull is a pointer to v, or nil for the zero value, which means unknown.
func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func costOf(c relay.Cost) costObject {
	if !c.Known() {
		o := costObject{Source: relay.SourceUnknown}
		if c.Part > 0 {
			o.Part = amount(&c.Part)
		}
		return o
	}
	s := c.Amount.String()
	return costObject{USD: &s, Source: c.ShownSource()}
}

func errorOf(e *relay.Error) *errorObject {
	if e == nil {
		return nil
	}
	o := &errorObject{Class: e.Class, Status: orNull(e.Status), Code: orNull(e.Code), Message: e.Message}
	if e.Waits {
		v := ms(e.RetryAfter)
		o.RetryAfterMS = &v
	}
	return o
}
