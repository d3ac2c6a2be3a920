package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"
)

// startBatch uploads n rows and creates a batch of them; it returns the batch's id.
func startBatch(t *testing.T, s *Server, c *http.Client, n int) string {
	t.Helper()
	var rows, form bytes.Buffer
	for i := range n {
		fmt.Fprintf(&rows, `{"custom_id":"r%d","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4.1",`+
			`"messages":[{"role":"user","content":"Q%d"}]}}`+"\n", i, i)
	}
	m := multipart.NewWriter(&form)
	_ = m.WriteField("purpose", "batch")
	part, err := m.CreateFormFile("file", "rows.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(rows.Bytes())
	_ = m.Close()
	file := call(t, c, http.MethodPost, s.URL()+"/files", m.FormDataContentType(), &form)
	order := fmt.Sprintf(`{"input_file_id":%q,"endpoint":"/v1/chat/completions"}`, file["id"])
	b := call(t, c, http.MethodPost, s.URL()+"/batches", "application/json", strings.NewReader(order))
	return b["id"].(string)
}

func call(t *testing.T, c *http.Client, method, url, kind string, body io.Reader) map[string]any {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v", url, resp.StatusCode, err)
	}
	return out
}

func TestABatchMovesOnWithEachPoll(t *testing.T) {
	tests := []struct {
		name string
		odd  BatchOddities
		want string
	}{
		{"as OpenAI", BatchOddities{}, "in_progress finalizing completed"},
		{"refused", BatchOddities{Refuse: true}, "failed"},
		{"expired", BatchOddities{Expire: true, UpperCase: true}, "IN_PROGRESS EXPIRED"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, c := relayAnd(t, Instant())
			tt.odd.Pace = -1
			s.PlayBatches(tt.odd)
			id := startBatch(t, s, c, 6)
			var seen []string
			for range strings.Fields(tt.want) {
				seen = append(seen, call(t, c, http.MethodGet, s.URL()+"/batches/"+id, "", nil)["status"].(string))
			}
			if got := strings.Join(seen, " "); got != tt.want {
				t.Fatalf("phases %s, want %s", got, tt.want)
			}
			if n := len(s.Batches()[0].IDs); n != 6 {
				t.Fatalf("%d rows", n)
			}
		})
	}
}

func TestABatchMovesOnWithTheTime(t *testing.T) {
	s, c := relayAnd(t, Instant())
	s.PlayBatches(BatchOddities{Pace: time.Hour})
	id := startBatch(t, s, c, 6)
	for range 3 {
		if got := call(t, c, http.MethodGet, s.URL()+"/batches/"+id, "", nil)["status"]; got != "validating" {
			t.Fatalf("got %v", got)
		}
	}
}
