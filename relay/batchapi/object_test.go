package batchapi

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
)

func TestReadBatch(t *testing.T) {
	at := time.Unix(1_767_225_600, 0)
	tests := []struct {
		name, raw string
		want      relay.Batch
	}{
		{"OpenAI", `{"id":"b","status":"in_progress","input_file_id":"f","output_file_id":null,"created_at":1767225600,
			"request_counts":{"total":10,"completed":3,"failed":1},"metadata":{"run_id":"r"}}`,
			relay.Batch{ID: "b", Phase: relay.BatchInProgress, Word: "in_progress", Input: "f", Total: 10, Completed: 3,
				Failed: 1, Created: at}},
		{"upper case and times as objects", `{"id":"b","status":"COMPLETED","output_file_id":"o","error_file_id":"",
			"created_at":{"seconds":1767225600,"nanos":5},"request_counts":null,"metadata":null}`,
			relay.Batch{ID: "b", Phase: relay.BatchCompleted, Word: "COMPLETED", Output: "o", Created: at}},
		{"in another object, times as texts", `{"job":{"id":"b","status":"IN-PROGRESS","created_at":"2026-01-01T00:00:00Z"}}`,
			relay.Batch{ID: "b", Phase: relay.BatchInProgress, Word: "IN-PROGRESS", Created: at}},
		{"milliseconds and counts as texts", `{"id":7,"status":"Succeeded","created_at":1767225600000,
			"request_counts":{"total":"4"}}`,
			relay.Batch{ID: "7", Phase: relay.BatchCompleted, Word: "Succeeded", Total: 4, Created: at}},
		{"failed without errors", `{"id":"b","status":"failed","errors":null}`,
			relay.Batch{ID: "b", Phase: relay.BatchFailed, Word: "failed"}},
		{"failed with errors", `{"id":"b","status":"failed","errors":{"object":"list","data":[
			{"code":"token_limit_exceeded","message":"too many\ntokens","line":3},{"message":"x"}]}}`,
			relay.Batch{ID: "b", Phase: relay.BatchFailed, Word: "failed", Code: "token_limit_exceeded",
				Problem: "line 3: too many tokens (and 1 more)"}},
		{"errors as a list", `{"id":"b","status":"failed","errors":[{"message":"bad"}]}`,
			relay.Batch{ID: "b", Phase: relay.BatchFailed, Word: "failed", Problem: "bad"}},
		{"errors as a text", `{"id":"b","status":"failed","errors":"bad"}`,
			relay.Batch{ID: "b", Phase: relay.BatchFailed, Word: "failed", Problem: "bad"}},
		{"a word that is not known", `{"id":"b","status":"warming_up","expires_at":"soon"}`,
			relay.Batch{ID: "b", Word: "warming_up"}},
	}
	for _, tt := range tests {
		got, err := readBatch([]byte(tt.raw))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if !got.Created.Equal(tt.want.Created) {
			t.Errorf("%s: created %v, want %v", tt.name, got.Created, tt.want.Created)
		}
		if tt.name == "OpenAI" && got.Metadata["run_id"] != "r" {
			t.Errorf("%s: metadata %v", tt.name, got.Metadata)
		}
		got.Created, tt.want.Created, got.Metadata = time.Time{}, time.Time{}, nil
		if a, b := show(got), show(tt.want); a != b {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, a, b)
		}
	}
	for _, raw := range []string{"", "null", "[]", `"b"`, `{"status":"failed"}`, `{"id":null}`} {
		if b, err := readBatch([]byte(raw)); err == nil {
			t.Errorf("%q was read as %+v", raw, b)
		}
	}
}

func show(b relay.Batch) string {
	raw, _ := json.Marshal(b)
	return string(raw)
}

func TestReadLines(t *testing.T) {
	tests := []struct {
		name, line string
		want       relay.BatchLine
	}{
		{"an answer", `{"custom_id":"a","response":{"status_code":200,"request_id":"q","body":{"x":1}},"error":null}`,
			relay.BatchLine{CustomID: "a", Status: 200, Remote: "q", Body: json.RawMessage(`{"x":1}`)}},
		{"a status as a text", `{"custom_id":"a","response":{"status_code":"200","body":{"x":1}}}`,
			relay.BatchLine{CustomID: "a", Status: 200, Body: json.RawMessage(`{"x":1}`)}},
		{"status 0 and an empty body", `{"custom_id":"a","response":{"status_code":0,"body":""},
			"error":{"code":"server_error","message":"sorry"}}`,
			relay.BatchLine{CustomID: "a", Code: "server_error", Message: "sorry"}},
		{"a refused row", `{"custom_id":"a","response":{"status_code":400,"body":{"error":{"message":"no"}}},"error":{}}`,
			relay.BatchLine{CustomID: "a", Status: 400, Body: json.RawMessage(`{"error":{"message":"no"}}`)}},
		{"an error as a text", `{"custom_id":"a","response":null,"error":"expired"}`,
			relay.BatchLine{CustomID: "a", Message: "expired"}},
		{"an error that says nothing", `{"custom_id":"a","response":null,"error":[7]}`,
			relay.BatchLine{CustomID: "a", Message: "[7]"}},
		{"a body in a text", `{"custom_id":"a","response":{"status_code":200,"body":"{\"x\":1}"}}`,
			relay.BatchLine{CustomID: "a", Status: 200, Body: json.RawMessage(`{"x":1}`)}},
		{"an id that is a number", `{"custom_id":5,"response":{"status_code":200,"body":{"x":1}}}`,
			relay.BatchLine{CustomID: "5", Status: 200, Body: json.RawMessage(`{"x":1}`)}},
	}
	for _, tt := range tests {
		var got []relay.BatchLine
		line := strings.ReplaceAll(tt.line, "\n", " ")
		err := readLines(strings.NewReader("\xef\xbb\xbf"+line+"\r\n\n"), func(l relay.BatchLine) error {
			got = append(got, l)
			return nil
		}, func(err error) { t.Errorf("%s: %v", tt.name, err) })
		a, _ := json.Marshal(got)
		b, _ := json.Marshal([]relay.BatchLine{tt.want})
		if err != nil || string(a) != string(b) {
			t.Errorf("%s: %v\n got %s\nwant %s", tt.name, err, a, b)
		}
		slow, err := decodeAny([]byte(line)) // the usual form is read in one pass, to the same end
		if c, _ := json.Marshal([]relay.BatchLine{slow}); err != nil || string(c) != string(b) {
			t.Errorf("%s: %v\n as any form %s\nwant %s", tt.name, err, c, b)
		}
	}
}

// BenchmarkReadLine reads the line of an answered row of 1.2 kB.
func BenchmarkReadLine(b *testing.B) {
	line := []byte(`{"id":"batch_req_1","custom_id":"0c4516545c56616942f701b1a86c8974-0","response":{"status_code":200,` +
		`"request_id":"req_1","body":{"id":"chatcmpl-1","object":"chat.completion","created":1796080199,` +
		`"model":"deepseek-v3.2","choices":[{"index":0,"message":{"role":"assistant","content":"` +
		strings.Repeat("An answer of some words. ", 40) + `"},"finish_reason":"stop"}],` +
		`"usage":{"prompt_tokens":50,"completion_tokens":6,"total_tokens":56}}},"error":null}`)
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		if _, err := decodeLine(line); err != nil {
			b.Fatal(err)
		}
	}
}

func TestALongLineAndItsEnd(t *testing.T) {
	long := `{"custom_id":"a","response":{"status_code":200,"body":{"x":"` + strings.Repeat("y", 200<<10) + `"}}}`
	n, bad := 0, 0
	each := func(relay.BatchLine) error { n++; return nil }
	if err := readLines(strings.NewReader(long+"\n"+long+"\nnot JSON\n"), each, func(error) { bad++ }); err != nil ||
		n != 2 || bad != 1 {
		t.Fatalf("%d lines, %d bad, %v", n, bad, err)
	}
	err := readLines(strings.NewReader(long+"\n"+long), each, func(error) {})
	if !errors.Is(err, relay.ErrCutOff) || n != 3 {
		t.Fatalf("%d lines, %v: the last has no end, so more may follow", n, err)
	}
}

// endless is a line that never ends.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	if e.read += len(p); e.read > 2*maxLine {
		return 0, errors.New("it was read on and on")
	}
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestALineWithoutAnEnd(t *testing.T) {
	err := readLines(&endless{}, func(relay.BatchLine) error { return nil }, func(error) {})
	if err == nil || !strings.Contains(err.Error(), "line 1 of the file of answers is longer than 64 MiB") {
		t.Errorf("it says %v", err)
	}
}

func FuzzReadBatch(f *testing.F) {
	f.Add([]byte(`{"id":"b","status":"FAILED","errors":{"data":[{"code":"x","line":1}]},"created_at":{"seconds":1}}`))
	f.Add([]byte(`{"data":[{"id":"b","metadata":{"part":1}}],"has_more":true}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if b, err := readBatch(raw); err == nil && (b.ID == "" || b.Total < 0 || strings.ContainsAny(b.Problem, "\r\n")) {
			t.Fatalf("read as %+v", b)
		}
		if p, err := readPage(raw); err == nil {
			for _, b := range p.batches {
				if b.ID == "" {
					t.Fatal("a batch without an id")
				}
			}
		}
	})
}

func FuzzReadLines(f *testing.F) {
	f.Add([]byte("{\"custom_id\":\"a\",\"response\":{\"status_code\":200,\"body\":{}},\"error\":null}\n\nnot JSON\n"))
	f.Add([]byte(`{"custom_id":"a","error":"x"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		n := 0
		err := readLines(strings.NewReader(string(raw)), func(l relay.BatchLine) error {
			if n++; l.CustomID == "" || len(l.Body) > 0 && !json.Valid(l.Body) {
				t.Fatalf("read as %+v", l)
			}
			return nil
		}, func(error) { n++ })
		ended := len(raw) == 0 || raw[len(raw)-1] == '\n' || len(strings.TrimSpace(string(raw[lastLine(raw):]))) == 0
		if errors.Is(err, relay.ErrCutOff) == ended || n > strings.Count(string(raw), "\n") {
			t.Fatalf("%d lines, %v", n, err)
		}
	})
}

func lastLine(raw []byte) int { return strings.LastIndexByte(string(raw), '\n') + 1 }
