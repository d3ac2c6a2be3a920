package sim

import (
	"cmp"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"time"
)

// batchRow is one row of a batch's file.
type batchRow struct {
	CustomID string          `json:"custom_id"`
	Method   string          `json:"method"`
	URL      string          `json:"url"`
	Body     json.RawMessage `json:"body"`
}

// batchPace is how long a phase of a batch takes in the demo, and how many rows a second are answered in it.
const (
	batchPace = 4 * time.Second
	batchRate = 25
)

// to sets the state.
func (x *batch) to(s batchState) {
	if x.state != s {
		x.state, x.since = s, time.Now()
	}
}

// advance moves a batch on: by one phase for each time it is asked for, or with the time.
func (s *Server) advance(x *batch) {
	b := &s.batches
	if x.state.final() {
		x.polls++
		return
	}
	if pace := b.odd.Pace; pace >= 0 {
		pace = cmp.Or(pace, s.opts.BatchPace, batchPace)
		if !x.due(pace) {
			return
		}
	}
	switch x.state {
	case batchValidating:
		if b.odd.Refuse || len(x.rows) == 0 {
			x.to(batchFailed)
			return
		}
		x.to(batchInProgress)
	case batchInProgress:
		x.done = len(x.rows)
		if b.odd.Expire {
			x.done = len(x.rows) / 2
			s.settle(x)
			x.to(batchExpired)
			return
		}
		x.to(batchFinalizing)
	case batchFinalizing:
		s.settle(x)
		x.to(batchCompleted)
	case batchCancelling:
		if x.done == 0 {
			x.done = len(x.rows) / 3
		}
		s.settle(x)
		x.to(batchCancelled)
	case batchCompleted, batchFailed, batchExpired, batchCancelled:
	}
}

// due reports whether a phase is over, and counts the rows that are answered by now.
func (x *batch) due(pace time.Duration) bool {
	spent := time.Since(x.since)
	if x.state != batchInProgress {
		return spent >= pace
	}
	if x.done = int(spent.Seconds() * batchRate); x.done > len(x.rows) {
		x.done = len(x.rows)
	}
	return x.done == len(x.rows)
}

// settle writes the files of a batch that ends.
func (s *Server) settle(x *batch) {
	odd := &s.batches.odd
	var out, bad []string
	for i, row := range x.rows {
		line, failed := s.answerRow(x, i, row)
		if failed && !odd.FailuresInOutput {
			bad = append(bad, line)
		} else if line != "" {
			out = append(out, line)
		}
	}
	if odd.Shuffle {
		r := rand.New(rand.NewPCG(s.opts.Seed, 7))
		r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	}
	for n := range odd.BadLines {
		at := n * len(out) / max(odd.BadLines, 1)
		out = append(out[:at], append([]string{`{"id": "batch_req_broken", "custom_i`}, out[at:]...)...)
	}
	if odd.Twice {
		out = append(out, out...)
	}
	if len(out) > 0 {
		x.output = s.batches.store("output.jsonl", "batch_output", strings.Join(out, "\n")+"\n").id
	}
	if len(bad) > 0 {
		x.errors = s.batches.store("errors.jsonl", "batch_output", strings.Join(bad, "\n")+"\n").id
	}
}

// answerRow is the line of row i; "" if the row has none.
func (s *Server) answerRow(x *batch, i int, row batchRow) (line string, failed bool) {
	odd := &s.batches.odd
	if i >= x.done {
		code, message := "batch_expired", "This request could not be executed before the completion window expired."
		if x.state == batchCancelling {
			code, message = "batch_cancelled", "This request was cancelled."
		}
		if odd.NoLineUnlessRun {
			return "", false
		}
		return batchLine(row.CustomID, 0, nil, map[string]string{"code": code, "message": message}), true
	}
	if odd.DropRows > 0 && i%odd.DropRows == odd.DropRows-1 {
		return "", false
	}
	if odd.FailRows > 0 && i%odd.FailRows == odd.FailRows-1 {
		if odd.StatusZero {
			return batchLine(row.CustomID, 0, map[string]any{}, map[string]string{"code": "server_error",
				"message": "The server had an error"}), true
		}
		e := apiError{Message: "max_tokens is too large", Type: "invalid_request_error"}
		return batchLine(row.CustomID, 400, e.body(), nil), true
	}
	req, wrong := parseRequest(row.Body)
	if wrong != nil {
		return batchLine(row.CustomID, 400, wrong.body(), nil), true
	}
	req.seed, req.Stream = s.opts.Seed, false
	req.Order, req.Nth = s.counts.prompt(req.Prompt)
	var known bool
	if req.model, known = s.table[req.Model]; !known {
		return batchLine(row.CustomID, 404, unknownModel(req.Model).body(), nil), true
	}
	a := s.answer(req)
	if odd.NoUsage {
		a.Mode = UsageNull
	}
	data := s.encodePlain(req, a).Frames[0].Data
	return batchLine(row.CustomID, 200, json.RawMessage(strings.Replace(data, stampField, stampKey+"0", 1)), nil), false
}

// batchLine is a line of an output file. Without a status it has no response.
func batchLine(id string, status int, body, problem any) string {
	line := map[string]any{"id": "batch_req_" + id, "custom_id": id, "response": nil, "error": problem}
	if status != 0 || body != nil {
		line["response"] = map[string]any{"status_code": status, "request_id": "req_" + id, "body": body}
	}
	if p, ok := problem.(map[string]string); ok && p == nil {
		line["error"] = nil
	}
	raw, err := json.Marshal(line)
	if err != nil {
		return "{}"
	}
	return string(raw)
}
