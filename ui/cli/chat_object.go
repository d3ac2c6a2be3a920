package cli

import "relaytop/relay"

type timingObject struct {
	QueueMS *float64 `json:"queue_ms"`
	TTFBMS  *float64 `json:"ttfb_ms"`
	TTFTMS  *float64 `json:"ttft_ms"`
	TTFOMS  *float64 `json:"ttfo_ms"`
	E2EMS   *float64 `json:"e2e_ms"`
	TPOTMS  *float64 `json:"tpot_ms"`
	WaitMS  float64  `json:"wait_ms"`
	Burst   bool     `json:"burst"` // the stream came at once: it has no tpot_ms
}

type attemptObject struct {
	Endpoint string       `json:"endpoint"`
	Model    string       `json:"model"`
	Status   *int         `json:"status"`
	Class    *relay.Class `json:"class"`
	WaitMS   float64      `json:"wait_ms"`
	E2EMS    *float64     `json:"e2e_ms"`
	TookMS   *float64     `json:"took_ms"` // from sending to the end, with or without a token
	Usage    *relay.Usage `json:"usage"`   // of this attempt alone
	Cost     *costObject  `json:"cost"`    // of this attempt alone; null: it is not billed
}

// chatObject is what `chat --json` prints: a flat record, as scripts rely on it.
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
	Chat           *string          `json:"chat"` // that the turn is kept in
}

func timingOf(r *relay.Result) timingObject {
	t := &r.Timing
	out := int64(0)
	if u := r.AnswerUsage(); u != nil {
		out = u.Output
	}
	return timingObject{
		QueueMS: msIf(t.Queue()),
		TTFBMS:  msIf(t.TTFB()),
		TTFTMS:  msIf(t.TTFT()),
		TTFOMS:  msIf(t.TTFO()),
		E2EMS:   msIf(t.E2E()),
		TPOTMS:  msIf(t.TPOT(out)),
		WaitMS:  ms(t.Wait),
		Burst:   t.Burst(out),
	}
}

func chatOf(r *relay.Result) chatObject {
	o := chatObject{
		Status:         r.Status,
		Text:           r.Text,
		Reasoning:      r.Reasoning,
		Refusal:        r.Refusal,
		ToolCalls:      r.Tools,
		Model:          orNull(r.Model),
		RequestedModel: r.Requested,
		Endpoint:       orNull(r.Endpoint),
		FinishReason:   orNull(r.Finish),
		ID:             r.ID.String(),
		Usage:          r.Usage,
		Cost:           costOf(r.Cost),
		Timing:         timingOf(r),
		Attempts:       []attemptObject{},
		Fallback:       r.Fallback,
		CachedAnswer:   r.Cached,
	}
	if o.Model == nil {
		o.Model = orNull(r.Asked)
	}
	if o.ToolCalls == nil {
		o.ToolCalls = []relay.ToolCall{}
	}
	switch r.Status {
	case relay.StatusFailed, relay.StatusTruncated, relay.StatusEmpty, relay.StatusCancelled:
		o.Error = errorOf(r.Err)
	case relay.StatusOK, relay.StatusLength, relay.StatusFiltered, relay.StatusIncomplete:
		// An earlier attempt may have failed.
	}
	for i := range r.Attempts {
		a := &r.Attempts[i]
		var cost *costObject
		if a.Cost.Source != "" {
			c := costOf(a.Cost)
			cost = &c
		}
		o.Attempts = append(o.Attempts, attemptObject{
			Endpoint: a.Endpoint,
			Model:    a.Model,
			Status:   orNull(a.Status),
			Class:    orNull(a.Class),
			WaitMS:   ms(a.Wait),
			E2EMS:    msIf(a.Timing.E2E()),
			TookMS:   tookOf(&a.Timing),
			Usage:    a.Usage,
			Cost:     cost,
		})
	}
	return o
}

// tookOf is how long an attempt took; nil if it was never sent.
func tookOf(t *relay.Timing) *float64 {
	return msIf(t.Done.Sub(t.Send), !t.Send.IsZero() && !t.Done.IsZero())
}
