package sim

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// relayAnd starts a relay and a client that both end with the test.
func relayAnd(t *testing.T, opts Options) (*Server, *http.Client) {
	t.Helper()
	s, err := Start(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64}
	t.Cleanup(func() {
		tr.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, &http.Client{Transport: tr, Timeout: 20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func ask(t *testing.T, s *Server, c *http.Client, body string) *http.Response {
	t.Helper()
	resp, err := c.Post(s.URL()+"/chat/completions", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// raw is the body and the error that ended it, nil for a clean end.
func raw(t *testing.T, s *Server, c *http.Client, body string) (string, *http.Response, error) {
	t.Helper()
	resp := ask(t, s, c, body)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return string(b), resp, err
}

func body(model, prompt, more string) string {
	p, _ := json.Marshal(prompt)
	return `{"model":"` + model +
		`","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":` + string(p) +
		`}]` + more + `}`
}

type chunk struct {
	Model   string `json:"model"`
	Sent    int64  `json:"sim_sent_us"`
	Choices []struct {
		Index int `json:"index"`
		Delta struct {
			Content   any    `json:"content"`
			Reasoning string `json:"reasoning_content"`
			Refusal   string `json:"refusal"`
			Tools     []struct {
				Index    int `json:"index"`
				Function struct {
					Name      string `json:"name"`
					Arguments string `json:"arguments"`
				} `json:"function"`
			} `json:"tool_calls"`
		} `json:"delta"`
		Finish *string `json:"finish_reason"`
	} `json:"choices"`
	Usage *usage `json:"usage"`
}

type usage struct {
	Input   int             `json:"prompt_tokens"`
	Output  int             `json:"completion_tokens"`
	Total   int             `json:"total_tokens"`
	Cost    json.RawMessage `json:"cost"`
	Details struct {
		Cached int `json:"cached_tokens"`
	} `json:"prompt_tokens_details"`
	Out struct {
		Reasoning int `json:"reasoning_tokens"`
	} `json:"completion_tokens_details"`
}

// reply is a well-formed stream, folded.
type reply struct {
	text, reasoning, refusal, finish string
	texts                            map[int]string
	tools                            map[int]string
	chunks, contents                 int
	usage                            *usage
	usages                           int
	done                             bool
	sent                             []int64
}

func fold(t *testing.T, r io.Reader) reply {
	t.Helper()
	out := reply{texts: map[int]string{}, tools: map[int]string{}}
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		data, ok := strings.CutPrefix(sc.Text(), "data: ")
		if !ok {
			continue
		}
		if data == "[DONE]" {
			out.done = true
			continue
		}
		var c chunk
		if err := json.Unmarshal([]byte(data), &c); err != nil {
			t.Fatalf("%v in %s", err, data)
		}
		out.add(c)
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func (out *reply) add(c chunk) {
	out.chunks++
	out.sent = append(out.sent, c.Sent)
	if c.Usage != nil {
		out.usage = c.Usage
		out.usages++
	}
	for _, ch := range c.Choices {
		if s, ok := ch.Delta.Content.(string); ok && s != "" {
			out.texts[ch.Index] += s
			out.contents++
		}
		out.reasoning += ch.Delta.Reasoning
		out.refusal += ch.Delta.Refusal
		for _, tool := range ch.Delta.Tools {
			out.tools[tool.Index] += tool.Function.Name + tool.Function.Arguments
		}
		if ch.Finish != nil {
			out.finish = *ch.Finish
		}
	}
	out.text = out.texts[0]
}

func stream(t *testing.T, s *Server, c *http.Client, body string) reply {
	t.Helper()
	resp := ask(t, s, c, body)
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(resp.Body)
		t.Fatalf("status %d: %s", resp.StatusCode, b)
	}
	return fold(t, resp.Body)
}
