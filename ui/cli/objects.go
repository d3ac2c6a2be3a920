package cli

import (
	"time"

	"relaytop/relay"
	"relaytop/state/job"
)

// The objects that scripts rely on: names may be added, never renamed. Amounts are exact decimal strings in USD, times
// are milliseconds, what is not known is null.

type costObject struct {
	USD    *string      `json:"usd"`
	Source relay.Source `json:"source"`
	Part   *string      `json:"known_usd,omitempty"` // of an unknown cost: at least so much was paid
}

type errorObject struct {
	Class        relay.Class `json:"class"`
	Status       *int        `json:"status"`
	Code         *string     `json:"code"`
	Message      string      `json:"message"`
	RetryAfterMS *float64    `json:"retry_after_ms"`
}

type timingObject struct {
	QueueMS *float64 `json:"queue_ms"`
	TTFBMS  *float64 `json:"ttfb_ms"`
	TTFTMS  *float64 `json:"ttft_ms"`
	TTFOMS  *float64 `json:"ttfo_ms"`
	E2EMS   *float64 `json:"e2e_ms"`
	TPOTMS  *float64 `json:"tpot_ms"`
	WaitMS  float64  `json:"wait_ms"`
}

type attemptObject struct {
	Endpoint string       `json:"endpoint"`
	Model    string       `json:"model"`
	Status   *int         `json:"status"`
	Class    *relay.Class `json:"class"`
	WaitMS   float64      `json:"wait_ms"`
	E2EMS    *float64     `json:"e2e_ms"`
	TookMS   *float64     `json:"took_ms"` // from sending to its end, whether a token came or not
}

type chatObject struct {
	Status         relay.Status     `json:"status"`
	Text           string           `json:"text"`
	Reasoning      string           `json:"reasoning"`
	Refusal        string           `json:"refusal"`
	ToolCalls      []relay.ToolCall `json:"tool_calls"`
	Model          *string          `json:"model"`
	RequestedModel string           `json:"requested_model"`
	Endpoint       *string          `json:"endpoint"`
	FinishReason   *string          `json:"finish_reason"`
	ID             string           `json:"id"`
	Error          *errorObject     `json:"error"`
	Usage          *relay.Usage     `json:"usage"`
	Cost           costObject       `json:"cost"`
	Timing         timingObject     `json:"timing"`
	Attempts       []attemptObject  `json:"attempts"`
	Fallback       *relay.Fallback  `json:"fallback"`
	CachedAnswer   bool             `json:"cached_answer"`
	Chat           *string          `json:"chat"` // the turn stands in
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func msIf(d time.Duration, ok bool) *float64 {
	if !ok {
		return nil
	}
	v := ms(d)
	return &v
}

// orNull is a pointer to v, or nil where v is the zero value: nothing is known.
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
	return costObject{USD: &s, Source: c.Told()}
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

func timingOf(r *relay.Result) timingObject {
	t := &r.Timing
	out := int64(0)
	if r.Usage != nil {
		out = r.Usage.Output
	}
	return timingObject{QueueMS: msIf(t.Queue()), TTFBMS: msIf(t.TTFB()), TTFTMS: msIf(t.TTFT()), TTFOMS: msIf(t.TTFO()),
		E2EMS: msIf(t.E2E()), TPOTMS: msIf(t.TPOT(out)), WaitMS: ms(t.Wait)}
}

func chatOf(r *relay.Result) chatObject {
	o := chatObject{Status: r.Status, Text: r.Text, Reasoning: r.Reasoning, Refusal: r.Refusal, ToolCalls: r.Tools, Model: orNull(r.Model),
		RequestedModel: r.Requested, Endpoint: orNull(r.Endpoint), FinishReason: orNull(r.Finish), ID: r.ID.String(), Usage: r.Usage,
		Cost: costOf(r.Cost), Timing: timingOf(r), Fallback: r.Fallback, CachedAnswer: r.Cached, Attempts: []attemptObject{}}
	if o.Model == nil {
		o.Model = orNull(r.Asked)
	}
	if o.ToolCalls == nil {
		o.ToolCalls = []relay.ToolCall{}
	}
	switch r.Status {
	case relay.StatusFailed, relay.StatusTruncated, relay.StatusEmpty, relay.StatusCancelled:
		o.Error = errorOf(r.Err)
	}
	for i := range r.Attempts {
		a := &r.Attempts[i]
		o.Attempts = append(o.Attempts, attemptObject{Endpoint: a.Endpoint, Model: a.Model, Status: orNull(a.Status), Class: orNull(a.Class),
			WaitMS: ms(a.Wait), E2EMS: msIf(a.Timing.E2E()), TookMS: tookOf(&a.Timing)})
	}
	return o
}

// tookOf is how long an attempt took; nil: it was never sent.
func tookOf(t *relay.Timing) *float64 {
	return msIf(t.Done.Sub(t.Send), !t.Send.IsZero() && !t.Done.IsZero())
}

type batchCost struct {
	costObject
	UnknownRows int `json:"unknown_rows"`
}

type batchObject struct {
	Run           string              `json:"run"`
	Rows          int                 `json:"rows"`
	OK            int                 `json:"ok"`
	Failed        int                 `json:"failed"`
	Incomplete    int                 `json:"incomplete"`
	Skipped       int                 `json:"skipped"`
	Pending       int                 `json:"pending"`
	Stopped       *string             `json:"stopped"`
	ByClass       map[relay.Class]int `json:"by_class"`
	Usage         relay.Usage         `json:"usage"`
	Cost          batchCost           `json:"cost"`
	SavedUSD      *string             `json:"saved_usd"`
	Seconds       float64             `json:"seconds"`
	RowsPerSecond *float64            `json:"rows_per_second"`
	Out           string              `json:"out"`
	ErrorsOut     string              `json:"errors_out"`
	PaidTwice     int                 `json:"paid_twice"`
}

func batchOf(h *job.Header) batchObject {
	o := batchObject{Run: h.ID, Rows: h.Rows, OK: h.OK, Failed: h.Failed, Incomplete: h.Incomplete, Skipped: h.Skipped, Pending: h.Rows - h.Done(),
		Stopped: orNull(h.Stopped), ByClass: h.ByClass, Usage: h.Usage, Seconds: h.Elapsed.Seconds(), Out: h.Out, ErrorsOut: h.Errors, PaidTwice: h.PaidTwice}
	if o.ByClass == nil {
		o.ByClass = map[relay.Class]int{}
	}
	sum := h.Cost.String()
	o.Cost = batchCost{costObject: costObject{USD: &sum, Source: batchSource(h)}, UnknownRows: h.Unknown}
	if h.Unknown > 0 && h.Unknown >= h.OK+h.Incomplete {
		o.Cost.USD = nil
	}
	if h.SavedKnown {
		s := h.Saved.String()
		o.SavedUSD = &s
	}
	if s := h.Elapsed.Seconds(); s > 0 {
		v := float64(h.Done()) / s
		o.RowsPerSecond = &v
	}
	return o
}

// batchSource is how the sum of a run is known: by its weakest part.
func batchSource(h *job.Header) relay.Source {
	switch {
	case h.Simulated:
		return relay.SourceSim
	case h.Unknown > 0 && h.Unknown >= h.OK+h.Incomplete:
		return relay.SourceUnknown
	case h.Estimated:
		return relay.SourceEstimated
	}
	return sourceOr(h.Source)
}
