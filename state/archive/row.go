package archive

import (
	"encoding/json"
	"fmt"
	"time"

	"relaytop/relay"
	"relaytop/state/meter"
	"relaytop/state/session"
)

// attempt is one round trip as it is stored: the names are those of `chat --json`.
type attempt struct {
	Endpoint string       `json:"endpoint"`
	Model    string       `json:"model"`
	Status   int          `json:"status"`
	Class    relay.Class  `json:"class"`
	Message  string       `json:"message,omitempty"`
	WaitMS   float64      `json:"wait_ms"`
	E2EMS    *float64     `json:"e2e_ms"`          // null: no token came
	Usage    *relay.Usage `json:"usage,omitempty"` // of this attempt alone

	WaitReason string  `json:"wait_reason,omitempty"`
	Chunks     int     `json:"chunks,omitempty"`
	At         *stamps `json:"at,omitempty"` // nil: an earlier version wrote it, or nothing was sent

	Bill *relay.Bill `json:"bill,omitempty"` // of the whole request, at its last attempt: it has no column of its own
}

// row is a request as its table holds it. It is also a line of a spilled file, hence JSON.
type row struct {
	Cols []any    `json:"cols"`
	Add  [6]int64 `json:"add"`
	Wall int64    `json:"wall"`
	Demo bool     `json:"demo"`
}

const insertRow = `INSERT INTO requests (id, wall, day, demo, lane, endpoint, requested, asked, model, status, finish,
	class, http, message, input, cached, cache_write, output, reasoning, estimated, cost, source, cost_estimated, list,
	billable, ttft, e2e, queue, wait,
	attempts, fallback, cached_answer, chat, chat_message, run, is_row, remote)
	VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?, ?,?,?,?,?,?,?,?,?,?,?,?,?,?,?, ?,?,?,?,?,?,?,?)`

// micros is a duration for the table; nil, which is NULL there, if it never happened.
func micros(d time.Duration, ok bool) any {
	if !ok {
		return nil
	}
	return d.Microseconds()
}

// rowOf flattens a result. It is called before the queue, so that the queue retains no answer.
func rowOf(r *relay.Result, c session.RecordContext, now time.Time) (row, error) {
	wall := r.Wall
	if wall.IsZero() {
		wall = now
	}
	attempts, fallback, err := encodeTries(r)
	if err != nil {
		return row{}, err
	}
	var class relay.Class
	message, http := "", 0
	if n := len(r.Attempts); n > 0 {
		http = r.Attempts[n-1].Status
	}
	if r.Err != nil {
		class, message, http = r.Err.Class, r.Err.Message, r.Err.Status
	}
	var in, cached, cacheWrite, out, reasoning any
	estimated := false
	if u := r.Usage; u != nil {
		in, cached, cacheWrite, out, reasoning, estimated = u.Input, u.Cached, u.CacheWrite, u.Output, u.Reasoning,
			u.Estimated
	}
	var cost, list any
	source := relay.SourceUnknown
	if r.Cost.Known() {
		cost, source = int64(r.Cost.Amount), r.Cost.Source
	}
	if r.Cost.ListKnown && r.Cost.Source != relay.SourceSim {
		list = int64(r.Cost.List)
	}
	ttft := micros(r.Timing.TTFT())
	e2e := micros(r.Timing.E2E())
	queue := micros(r.Timing.Queue())
	at := wall.UnixMicro()
	cols := []any{int64(r.ID), at, wall.Local().Format(time.DateOnly), c.Demo, r.Lane.String(), r.Endpoint, r.Requested,
		r.Asked, r.Model, string(r.Status), r.Finish, string(class), http, message,
		in, cached, cacheWrite, out, reasoning, estimated, cost, string(source), r.Cost.Estimated, list, r.Billable(),
		ttft, e2e, queue, r.Timing.Wait.Microseconds(), attempts, fallback, r.Cached, c.Chat,
		c.Message, c.Run, c.Row, r.Remote}
	var sum meter.Counters
	sum.Add(r)
	return row{Cols: cols, Add: [6]int64{sum.Requests, sum.Answered, sum.Errors, sum.Tokens, int64(sum.Cost),
		sum.Unknown}, Wall: at, Demo: c.Demo}, nil
}

func encodeTries(r *relay.Result) (attempts string, fallback any, err error) {
	tries, began := make([]attempt, len(r.Attempts)), started(r)
	for i := range r.Attempts {
		t := &r.Attempts[i]
		tries[i] = attempt{Endpoint: t.Endpoint, Model: t.Model, Status: t.Status, Class: t.Class, Message: t.Message,
			WaitMS: float64(t.Wait) / float64(time.Millisecond), Usage: t.Usage, WaitReason: t.WaitReason,
			Chunks: t.Timing.Chunks, At: stampsOf(&t.Timing, began)}
		if d, ok := t.Timing.E2E(); ok {
			ms := float64(d) / float64(time.Millisecond)
			tries[i].E2EMS = &ms
		}
	}
	if n := len(tries); n > 0 {
		tries[n-1].Bill = r.Cost.Bill
	}
	text, err := json.Marshal(tries)
	if err != nil {
		return "", nil, fmt.Errorf("encoding the attempts: %w", err)
	}
	if r.Fallback != nil {
		from, err := json.Marshal(r.Fallback)
		if err != nil {
			return "", nil, fmt.Errorf("encoding the fallback: %w", err)
		}
		fallback = string(from)
	}
	return string(text), fallback, nil
}
