package job

import (
	"cmp"
	"encoding/json"
	"fmt"

	"relaytop/relay"
)

// outLine is one line of an output: OpenAI's batch output, and our own figures.
type outLine struct {
	ID       string       `json:"id"`
	CustomID string       `json:"custom_id"`
	Response *outResponse `json:"response"`
	Error    *outError    `json:"error"`
	Ours     *outOurs     `json:"relaytop,omitempty"`
}

type outResponse struct {
	Status  int             `json:"status_code"`
	Request string          `json:"request_id"`
	Body    json.RawMessage `json:"body"`
}

type outError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type outOurs struct {
	Model    string          `json:"model"`
	Endpoint string          `json:"endpoint"`
	Outcome  string          `json:"outcome"`
	Class    relay.Class     `json:"class,omitempty"`
	Cost     *string         `json:"cost_usd"`
	Source   relay.Source    `json:"cost_source"`
	Part     *string         `json:"known_usd,omitempty"` // of an unknown cost: at least this was paid
	Usage    *relay.Usage    `json:"usage"`               // of all attempts, as cost_usd
	TTFT     *float64        `json:"ttft_ms"`
	E2E      *float64        `json:"e2e_ms"`
	Attempts int             `json:"attempts"`
	Fallback *relay.Fallback `json:"fallback"`
	Cached   bool            `json:"cached_answer"`
	Twice    bool            `json:"maybe_paid_twice,omitempty"`
	Removed  bool            `json:"removed,omitempty"` // it is no longer in the input
	Line     int             `json:"line,omitempty"`
	Shard    string          `json:"shard,omitempty"`
	Row      int             `json:"row,omitempty"`  // with Shard: its place in the input, from 1
	Rows     int             `json:"rows,omitempty"` // with Shard: how many rows the input has
}

// The outcomes of rows without an answer: a resume sends the first.
const (
	outcomePending = "pending"
	outcomeSkipped = "skipped"
)

// encode appends the text of the line of row i of n. That of a shard says which row of the input it is.
func (l *outLine) encode(b []byte, shard Shard, i, n int) ([]byte, error) {
	if !shard.Whole() {
		l.Ours.Shard, l.Ours.Row, l.Ours.Rows = shard.String(), i+1, n
	}
	w := recordWriter{b: append(b, '{')}
	l.write(&w)
	if w.err != nil {
		return b, fmt.Errorf("row %d: %w", i+1, w.err)
	}
	return append(w.b, '}', '\n'), nil
}

// write writes the line as encoding/json would. The answer, which is most of it, is copied.
func (l *outLine) write(w *recordWriter) {
	w.text("id", l.ID)
	w.text("custom_id", l.CustomID)
	if r := l.Response; r == nil {
		w.null("response")
	} else {
		w.open("response")
		w.whole("status_code", int64(r.Status))
		w.text("request_id", r.Request)
		w.body("body", r.Body)
		w.b = append(w.b, '}')
	}
	if e := l.Error; e == nil {
		w.null("error")
	} else {
		w.open("error")
		w.text("code", e.Code)
		w.text("message", e.Message)
		w.b = append(w.b, '}')
	}
	w.open("relaytop")
	l.Ours.write(w)
	w.b = append(w.b, '}')
}

// write writes our own figures.
func (o *outOurs) write(w *recordWriter) {
	w.text("model", o.Model)
	w.text("endpoint", o.Endpoint)
	w.text("outcome", o.Outcome)
	w.someText("class", string(o.Class))
	if o.Cost == nil {
		w.null("cost_usd")
	} else {
		w.text("cost_usd", *o.Cost)
	}
	w.text("cost_source", string(o.Source))
	if o.Part != nil {
		w.text("known_usd", *o.Part)
	}
	if o.Usage == nil {
		w.null("usage")
	}
	w.usage("usage", o.Usage)
	for _, ms := range [...]struct {
		name string
		of   *float64
	}{{"ttft_ms", o.TTFT}, {"e2e_ms", o.E2E}} {
		if ms.of == nil {
			w.null(ms.name)
		} else {
			w.number(ms.name, *ms.of)
		}
	}
	w.whole("attempts", int64(o.Attempts))
	if o.Fallback == nil {
		w.null("fallback")
	} else {
		w.value("fallback", o.Fallback)
	}
	w.truth("cached_answer", o.Cached)
	w.someTruth("maybe_paid_twice", o.Twice)
	w.someTruth("removed", o.Removed)
	w.someWhole("line", int64(o.Line))
	w.someText("shard", o.Shard)
	w.someWhole("row", int64(o.Row))
	w.someWhole("rows", int64(o.Rows))
}

// lineOf makes the line of a record, under the id that its row now has.
func lineOf(rec *record, row *row, id string) *outLine {
	l := &outLine{ID: "batch_req_" + rec.Request.String(), CustomID: id,
		Ours: &outOurs{Model: rec.Model, Endpoint: rec.Endpoint,
			Outcome: rec.State, Attempts: rec.Attempts, Fallback: rec.Fallback, Source: relay.SourceUnknown, Cached: rec.Cached,
			Usage: rec.used(),
			Twice: row.flags&flagTwice != 0}}
	if row.outcome == Pending {
		l.Ours.Outcome = outcomePending
	}
	if rec.Body != nil {
		l.Response = &outResponse{Status: rec.HTTP, Request: rec.Remote, Body: rec.Body}
	}
	if rec.Err != nil {
		l.Error = &outError{Code: cmp.Or(rec.Err.Code, string(rec.Err.Class)), Message: rec.Err.Message}
		l.Ours.Class = rec.Err.Class
	}
	switch usd := rec.paid().String(); {
	case rec.Cost != nil && rec.Cost.Known():
		l.Ours.Cost, l.Ours.Source = &usd, rec.Cost.ShownSource()
	case rec.paid() > 0:
		l.Ours.Part = &usd
	}
	if rec.TTFT > 0 {
		l.Ours.TTFT = &rec.TTFT
	}
	if rec.E2E > 0 {
		l.Ours.E2E = &rec.E2E
	}
	return l
}
