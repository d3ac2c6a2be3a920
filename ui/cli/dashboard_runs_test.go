//go:build linux

package cli

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestQuittingTheDashboardLosesNoRow quits while ten rows of the sample are in flight: they are answered afterwards,
// in the terminal that the dashboard has given back.
func TestQuittingTheDashboardLosesNoRow(t *testing.T) {
	p := buildProgram(t)
	for _, c := range []struct {
		key  string
		code int
		want []string
	}{
		{"k", 0, []string{"the batch goes on without the dashboard", "20 rows, 20 ok, 0 failed", "\x1b]9;relaytop: batch"}},
		{"s", 5, []string{"finishing 10 rows in flight", "20 rows, 10 ok, 0 failed, 0 incomplete, 0 skipped, 10 not run",
			"resume it with: relaytop batch --resume"}},
	} {
		t.Run(c.key, func(t *testing.T) {
			answer := make(chan struct{})
			relay := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodPost {
					http.NotFound(w, r)
					return
				}
				select {
				case <-answer:
				case <-r.Context().Done():
				}
				w.Header().Set("Content-Type", "text/event-stream")
				_, _ = io.WriteString(w, `data: {"choices":[{"delta":{"content":"yes"},"finish_reason":"stop"}],`+
					`"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}`+"\n\ndata: [DONE]\n\n")
			}))
			defer relay.Close()
			q := p
			q.env = append(q.env[:len(q.env):len(q.env)], "OPENAI_BASE_URL="+relay.URL+"/v1", "OPENAI_API_KEY=sk-quit-test",
				"RELAYTOP_DATA_DIR="+t.TempDir())
			s := q.onScreen(t)
			defer s.near.Close()
			s.until(t, shown...)
			for _, step := range []struct {
				press string
				shows []string
			}{
				{"\x1b2", []string{"No batch yet"}}, {"s", []string{"before it starts", "nothing sent yet"}},
				{"\r", []string{"waiting"}}, {"q", []string{"stop after the rows in flight"}},
			} {
				s.typed(t, step.press)
				s.until(t, step.shows...)
			}
			s.typed(t, c.key)
			s.until(t, "\x1b[?1049l", c.want[0])
			close(answer)
			last := s.rest(t)
			for _, want := range c.want[1:] {
				if !bytes.Contains(last, []byte(want)) {
					t.Errorf("%q is not in %q", want, last)
				}
			}
			if err := s.cmd.Wait(); s.cmd.ProcessState.ExitCode() != c.code {
				t.Errorf("it ends with %v, want exit code %d", err, c.code)
			}
		})
	}
}

// typed presses keys, after the program had the time to see that they are not of the burst before.
func (s *screened) typed(t *testing.T, keys string) {
	t.Helper()
	<-time.After(100 * time.Millisecond)
	if _, err := s.near.WriteString(keys); err != nil {
		t.Fatal(err)
	}
}
