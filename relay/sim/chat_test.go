package sim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestAStreamIsWhole(t *testing.T) {
	s, c := relayAnd(t, Instant())
	got := stream(t, s, c, body("gpt-4.1", "Explain quantum entanglement", ""))
	if !strings.HasPrefix(got.text, "**Quantum entanglement**") {
		t.Errorf("text begins %.60q", got.text)
	}
	if got.finish != "stop" || !got.done {
		t.Errorf("finish %q, done %v", got.finish, got.done)
	}
	if got.usage == nil || got.usage.Output != CountTokens(got.text) ||
		got.usage.Total != got.usage.Input+got.usage.Output {
		t.Errorf("usage %+v, counted %d", got.usage, CountTokens(got.text))
	}
	if got.contents != CountTokens(got.text) {
		t.Errorf("%d content chunks for %d tokens", got.contents, CountTokens(got.text))
	}
	for i, us := range got.sent {
		if us < 1e15 || i > 0 && us < got.sent[i-1] {
			t.Fatalf("chunk %d says it was sent at %d after %v", i, us, got.sent[:i])
		}
	}
}

func TestChunksAreNotSentBeforeTheyAreDue(t *testing.T) {
	opts := Options{TTFT: 60 * time.Millisecond, ITL: 3 * time.Millisecond, Jitter: -1, Tokens: 20, ChunkTokens: 2}
	s, c := relayAnd(t, opts)
	start := time.Now().UnixMicro()
	got := stream(t, s, c, body("gpt-4.1", "pace", ""))
	if got.contents != 10 {
		t.Fatalf("%d chunks for 20 tokens by twos", got.contents)
	}
	for n := range got.contents {
		// The role chunk comes first.
		if after := got.sent[n+1] - start; after < int64(60_000+n*6_000) {
			t.Errorf("chunk %d was sent %d µs after the request", n, after)
		}
	}
}

func TestPlainAnswer(t *testing.T) {
	s, c := relayAnd(t, Options{TTFT: -1, ITL: -1, CostField: true, Tokens: 10})
	text, resp, err := raw(t, s, c,
		`{"model":"gpt-4.1","messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}`)
	if err != nil || resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "application/json" {
		t.Fatal(resp.Status, resp.Header, err)
	}
	var got struct {
		Sent    int64 `json:"sim_sent_us"`
		Choices []struct {
			Message struct{ Content string }
			Finish  string `json:"finish_reason"`
		}
		Usage usage
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err, text)
	}
	if got.Usage.Output != 10 || CountTokens(got.Choices[0].Message.Content) != 10 || got.Choices[0].Finish != "stop" ||
		got.Sent < 1e15 {
		t.Errorf("%+v", got)
	}
	// 8 USD a million tokens are 8 millionths of a dollar for each.
	var cost float64
	if json.Unmarshal(got.Usage.Cost, &cost); cost*1e6 < float64(got.Usage.Total)*8-0.01 ||
		cost*1e6 > float64(got.Usage.Total)*8+0.01 {
		t.Errorf("cost %s of %d tokens", got.Usage.Cost, got.Usage.Total)
	}
}

func TestMaxTokensEndsWithLength(t *testing.T) {
	s, c := relayAnd(t, Instant())
	for _, key := range []string{"max_tokens", "max_completion_tokens"} {
		got := stream(t, s, c, body("gpt-4.1", "Explain quantum entanglement", `,"`+key+`":7`))
		if got.finish != "length" || got.usage.Output != 7 || CountTokens(got.text) != 7 {
			t.Errorf("%s: finish %q, usage %+v, text %q", key, got.finish, got.usage, got.text)
		}
	}
	got := stream(t, s, c, body("deepseek-v3.2", "think hard", `,"max_tokens":7`))
	if got.text != "" || CountTokens(got.reasoning) != 7 || got.finish != "length" {
		t.Errorf("reasoning %q, text %q, finish %q", got.reasoning, got.text, got.finish)
	}
}

func TestReasoningIsPartOfTheOutput(t *testing.T) {
	s, c := relayAnd(t, Instant())
	for _, more := range []string{`,"reasoning_effort":"high"`, ``} {
		got := stream(t, s, c, body("deepseek-v3.2", "Please think: why is the sky blue?", more))
		if n := CountTokens(got.reasoning); n == 0 || got.usage.Out.Reasoning != n ||
			got.usage.Output != n+CountTokens(got.text) {
			t.Errorf("%d tokens of reasoning, usage %+v", n, got.usage)
		}
	}
	if got := stream(t, s, c, body("gpt-4.1", "Please think", "")); got.usage.Out.Reasoning != 0 {
		t.Error("a model that does not reason did")
	}
}

func TestRepeatedBeginningsAreCached(t *testing.T) {
	s, c := relayAnd(t, Instant())
	ask := func(user string) usage {
		system := strings.Repeat("You sort letters by their sender. ", 12)
		return *stream(t, s, c, `{"model":"gpt-4.1","stream":true,"stream_options":{"include_usage":true},`+
			`"messages":[{"role":"system","content":"`+system+
			`"},{"role":"user","content":"`+user+`"}]}`).usage
	}
	if u := ask("first"); u.Details.Cached != 0 {
		t.Errorf("the first was cached: %+v", u)
	}
	if u := ask("second"); u.Details.Cached < 16 || u.Details.Cached >= u.Input {
		t.Errorf("the second: %+v", u)
	}
}

func TestBadRequests(t *testing.T) {
	s, c := relayAnd(t, Options{TTFT: -1, ITL: -1, Key: "sk-right-key-0001"})
	post := func(key, path, body string) (int, string) {
		req, _ := http.NewRequest(http.MethodPost, s.URL()+path, strings.NewReader(body))
		if key != "" {
			req.Header.Set("Authorization", "Bearer "+key)
		}
		resp, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var b bytes.Buffer
		b.ReadFrom(resp.Body)
		var e struct {
			Error *struct{ Message string }
		}
		if err := json.Unmarshal(b.Bytes(), &e); err != nil || e.Error == nil || e.Error.Message == "" {
			t.Errorf("%s: not an error in OpenAI's shape: %s", path, b.String())
		}
		return resp.StatusCode, b.String()
	}
	const right = "sk-right-key-0001"
	for _, x := range []struct {
		key, path, body string
		status          int
		holds           string
	}{
		{"", "/chat/completions", "{}", 401, "didn't provide"},
		{"sk-wrong-key-0002", "/chat/completions", "{}", 401, "invalid_api_key"},
		{right, "/chat/completions", "{", 400, "JSON"},
		{right, "/chat/completions", "null", 400, "JSON"},
		{right, "/chat/completions", `{"model":"gpt-4.1"}`, 400, "messages"},
		{right, "/chat/completions", `{"model":"gpt-4.1","max_tokens":0,"messages":[{"role":"user","content":"x"}]}`, 400,
			"max_tokens"},
		{right, "/chat/completions", body("gpt-9", "x", ""), 404, "model_not_found"},
		{right, "/chat/completions", body("deepseek-v3.2", strings.Repeat("long ", 140_000), ""), 400,
			"context_length_exceeded"},
		{right, "/audio/speech", "", 404, "Invalid URL"},
		{right, "/files", "", 400, "multipart"},
		{right, "/models", "", 405, "Not allowed"},
	} {
		status, text := post(x.key, x.path, x.body)
		if status != x.status || !strings.Contains(text, x.holds) || strings.Contains(text, "sk-wrong-key-0002") {
			t.Errorf("%s %.40s: %d %s", x.path, x.body, status, text)
		}
	}
	if st := s.Stats(); st.Refused != 2 || st.Statuses["401"] != 2 {
		t.Errorf("%+v", st)
	}
}

func TestModels(t *testing.T) {
	s, c := relayAnd(t, Instant())
	resp, err := c.Get(s.URL() + "/models")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var got struct {
		Data []struct {
			ID      string
			Context int `json:"context_length"`
			Pricing map[string]string
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil || len(got.Data) != 5 {
		t.Fatal(got, err)
	}
	prices := map[string]string{}
	for _, m := range got.Data {
		prices[m.ID] = m.Pricing["completion"]
		if m.Context < 100_000 {
			t.Errorf("%+v", m)
		}
	}
	if prices["gpt-4.1"] != "0.000008" || prices["deepseek-v3.2"] != "0.00000042" {
		t.Errorf("%v", prices)
	}
}
