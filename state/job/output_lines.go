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

// encode makes the text of the line of row i of n. That of a shard says which row of the input it is.
func (l *outLine) encode(shard Shard, i, n int) ([]byte, error) {
	if !shard.Whole() {
		l.Ours.Shard, l.Ours.Row, l.Ours.Rows = shard.String(), i+1, n
	}
	raw, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("row %d: %w", i+1, err)
	}
	return append(raw, '\n'), nil
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
