// Package outfile is what a run leaves in files: a line for each row, with its answer as one completion; the other
// formats, which are made of the lines; and the outputs of several machines, put together. It knows no run.
package outfile

import (
	"encoding/json"
	"fmt"

	"relaytop/relay"
	"relaytop/state/job/input"
	"relaytop/state/job/jsonline"
)

// Line is one line of an output: OpenAI's batch output, and our own figures.
type Line struct {
	ID       string    `json:"id"`
	CustomID string    `json:"custom_id"`
	Response *Response `json:"response"`
	Error    *Error    `json:"error"`
	Ours     *Ours     `json:"relaytop,omitempty"`
}

// Response is the answer of a row.
type Response struct {
	Status  int             `json:"status_code"`
	Request string          `json:"request_id"`
	Body    json.RawMessage `json:"body"`
}

// Error is why a row has no answer, or not a good one.
type Error struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Ours is what we know of a row beside what a provider's batch output has.
type Ours struct {
	Model    string          `json:"model"`
	Endpoint string          `json:"endpoint"`
	Outcome  Outcome         `json:"outcome"`
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

// Outcome is what came of a row.
type Outcome string

// The outcomes.
const (
	OK         Outcome = "ok"
	Failed     Outcome = "failed"
	Incomplete Outcome = "incomplete"
	Skipped    Outcome = "skipped"
	Pending    Outcome = "pending" // a resume sends it
)

// Encode appends the text of the line of row i of n. That of a shard says which row of the input it is.
func (l *Line) Encode(b []byte, shard input.Shard, i, n int) ([]byte, error) {
	if !shard.Whole() {
		l.Ours.Shard, l.Ours.Row, l.Ours.Rows = shard.String(), i+1, n
	}
	w := jsonline.Append(b)
	l.write(&w)
	line, err := w.End()
	if err != nil {
		return b, fmt.Errorf("row %d: %w", i+1, err)
	}
	return append(line, '\n'), nil
}

// write writes the line as encoding/json would. The answer, which is most of it, is copied.
func (l *Line) write(w *jsonline.Writer) {
	w.String("id", l.ID)
	w.String("custom_id", l.CustomID)
	if r := l.Response; r == nil {
		w.Null("response")
	} else {
		w.Open("response")
		w.Int("status_code", int64(r.Status))
		w.String("request_id", r.Request)
		w.Raw("body", r.Body)
		w.Close()
	}
	if e := l.Error; e == nil {
		w.Null("error")
	} else {
		w.Open("error")
		w.String("code", e.Code)
		w.String("message", e.Message)
		w.Close()
	}
	w.Open("relaytop")
	l.Ours.write(w)
	w.Close()
}

// write writes our own figures.
func (o *Ours) write(w *jsonline.Writer) {
	w.String("model", o.Model)
	w.String("endpoint", o.Endpoint)
	w.String("outcome", string(o.Outcome))
	w.OptString("class", string(o.Class))
	if o.Cost == nil {
		w.Null("cost_usd")
	} else {
		w.String("cost_usd", *o.Cost)
	}
	w.String("cost_source", string(o.Source))
	if o.Part != nil {
		w.String("known_usd", *o.Part)
	}
	if o.Usage == nil {
		w.Null("usage")
	}
	w.Usage("usage", o.Usage)
	for _, ms := range [...]struct {
		name string
		of   *float64
	}{{"ttft_ms", o.TTFT}, {"e2e_ms", o.E2E}} {
		if ms.of == nil {
			w.Null(ms.name)
		} else {
			w.OptFloat(ms.name, *ms.of)
		}
	}
	w.Int("attempts", int64(o.Attempts))
	if o.Fallback == nil {
		w.Null("fallback")
	} else {
		w.Value("fallback", o.Fallback)
	}
	w.Bool("cached_answer", o.Cached)
	w.OptBool("maybe_paid_twice", o.Twice)
	w.OptBool("removed", o.Removed)
	w.OptInt("line", int64(o.Line))
	w.OptString("shard", o.Shard)
	w.OptInt("row", int64(o.Row))
	w.OptInt("rows", int64(o.Rows))
}
