package batchapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"relaytop/relay"
)

// fields are the members of a JSON object, whatever their types.
type fields map[string]json.RawMessage

// text is a member that is a string, or a number as it is written; "" for null and for anything else.
func (f fields) text(keys ...string) string {
	for _, key := range keys {
		var s string
		var n json.Number
		switch raw := f[key]; {
		case len(raw) == 0:
		case json.Unmarshal(raw, &s) == nil && s != "":
			return s
		case json.Unmarshal(raw, &n) == nil && n != "":
			return n.String()
		}
	}
	return ""
}

// object is a member that is an object; empty for anything else.
func (f fields) object(key string) fields {
	var o fields
	if json.Unmarshal(f[key], &o) != nil {
		return nil
	}
	return o
}

// count is a member that is a number or the text of one, at least 0.
func (f fields) count(keys ...string) int {
	for _, key := range keys {
		if n, err := strconv.ParseFloat(f.text(key), 64); err == nil && n >= 0 && n < 1e9 {
			return int(n)
		}
	}
	return 0
}

// readBatch reads a batch. Some servers put it into another object.
func readBatch(raw []byte) (relay.Batch, error) {
	var f fields
	if err := json.Unmarshal(raw, &f); err != nil {
		return relay.Batch{}, err
	}
	for _, key := range []string{"job", "batch", "data"} {
		if inner := f.object(key); f.text("id") == "" && inner.text("id") != "" {
			f = inner
		}
	}
	if f.text("id") == "" {
		return relay.Batch{}, errors.New("it has no id")
	}
	return f.batch(), nil
}

func (f fields) batch() relay.Batch {
	word := f.text("status", "state")
	counts := f.object("request_counts")
	b := relay.Batch{
		ID:        f.text("id"),
		Phase:     phaseOf(word),
		Word:      oneLine(word),
		Input:     f.text("input_file_id"),
		Output:    f.text("output_file_id", "output_file"),
		Errors:    f.text("error_file_id", "error_file"),
		Total:     counts.count("total"),
		Completed: counts.count("completed", "succeeded"),
		Failed:    counts.count("failed", "errored"),
		Created:   f.time("created_at"),
		Expires:   f.time("expires_at"),
		Metadata:  map[string]string{},
	}
	meta := f.object("metadata")
	for key := range meta {
		b.Metadata[key] = meta.text(key)
	}
	b.Code, b.Problem = f.problem()
	return b
}

// problem is the first of a batch's errors: a list, an object with a list, an object, or a text.
func (f fields) problem() (code, message string) {
	raw := f["errors"]
	if len(raw) == 0 || string(raw) == "null" {
		raw = f["error"]
	}
	var list []fields
	one := fields{"errors": raw}.object("errors")
	if json.Unmarshal(raw, &list) != nil {
		_ = json.Unmarshal(one["data"], &list) // without a list, the object is the error
	}
	if len(list) > 0 {
		one = list[0]
	}
	if one == nil {
		return "", oneLine(fields{"errors": raw}.text("errors"))
	}
	code, message = oneLine(one.text("code", "type")), oneLine(one.text("message"))
	if line := one.text("line"); line != "" && message != "" {
		message = "line " + line + ": " + message
	}
	if n := len(list) - 1; n > 0 {
		message += fmt.Sprintf(" (and %d more)", n)
	}
	return code, message
}

// phaseOf reads a status: OpenAI's words in any spelling, and those of others for the same.
func phaseOf(word string) relay.BatchPhase {
	letters := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return -1
	}, word)
	letters = strings.TrimPrefix(letters, "jobstate")
	letters = strings.TrimPrefix(letters, "batchstate")
	switch letters {
	case "validating", "validated", "queued", "pending", "created", "submitted", "notrunning", "scheduled", "notstarted":
		return relay.BatchValidating
	case "inprogress", "running", "processing", "started", "active":
		return relay.BatchInProgress
	case "finalizing", "finalising":
		return relay.BatchFinalizing
	case "cancelling", "canceling", "cancellationrequested", "stopping":
		return relay.BatchCancelling
	case "completed", "complete", "succeeded", "success", "done", "ended", "finished", "partiallycompleted",
		"partiallysucceeded", "completedwitherrors":
		return relay.BatchCompleted
	case "failed", "failure", "error", "invalid", "validationfailed":
		return relay.BatchFailed
	case "expired", "timeoutexceeded", "timedout", "timeout":
		return relay.BatchExpired
	case "cancelled", "canceled", "stopped", "aborted":
		return relay.BatchCancelled
	}
	return ""
}

// time is a member that is a time: a number of seconds or milliseconds, a text, or an object with seconds.
func (f fields) time(key string) time.Time {
	if o := f.object(key); o != nil {
		for _, inner := range []string{"seconds", "_seconds", "$date", "time", "timestamp", "value"} {
			if t := o.time(inner); !t.IsZero() {
				return t
			}
		}
		return time.Time{}
	}
	s := f.text(key)
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t
	}
	n, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil || !(n > 0) || n >= 1e14:
		return time.Time{}
	case n > 1e11:
		return time.UnixMilli(int64(n))
	}
	return time.Unix(int64(n), 0)
}

// readFile reads the id of an uploaded file.
func readFile(raw []byte) (string, error) {
	var f fields
	if err := json.Unmarshal(raw, &f); err != nil {
		return "", err
	}
	for _, key := range []string{"file", "data"} {
		if inner := f.object(key); f.text("id") == "" && inner.text("id") != "" {
			f = inner
		}
	}
	if id := f.text("id"); id != "" {
		return id, nil
	}
	return "", errors.New("it has no id")
}

// oneLine is a text on one line, at most 500 bytes long.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
	const most = 500
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
