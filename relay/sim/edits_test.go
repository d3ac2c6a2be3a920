package sim

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
)

// played is the body of the response to a prompt with these edits.
func played(t *testing.T, more string, edits ...Edit) (string, *http.Response, error) {
	t.Helper()
	s, c := relayAnd(t, Instant())
	s.Script(Rule{Do: edits})
	return raw(t, s, c, body("gpt-4.1", "Explain quantum entanglement", more))
}

func TestStreamEdits(t *testing.T) {
	for name, x := range map[string]struct {
		edits       []Edit
		holds, not  string
		starts, end string
	}{
		"regular":       {nil, `"content":"**"`, "\r", "data: {", "data: [DONE]\n\n"},
		"crlf":          {[]Edit{LineEnds("\r\n")}, "}\r\n\r\ndata: ", "", "data: {", "[DONE]\r\n\r\n"},
		"cr":            {[]Edit{LineEnds("\r")}, "}\r\rdata: ", "\n", "data: {", "[DONE]\r\r"},
		"bom":           {[]Edit{Framed(Framing{BOM: true})}, "", "", "\ufeffdata: {", ""},
		"no space":      {[]Edit{Framed(Framing{NoSpace: true})}, "\n\ndata:{", "data: ", "data:{", "data:[DONE]\n\n"},
		"no last blank": {[]Edit{Framed(Framing{NoLastBlank: true})}, "", "", "", "}\n\ndata: [DONE]\n"},
		"split":         {[]Edit{Framed(Framing{Split: true})}, ",\ndata: \"object\"", "", "", ""},
		"comments": {[]Edit{Before(": OPENROUTER PROCESSING\n\n:\n")}, "\n\n: OPENROUTER PROCESSING\n\n:\ndata: {", "",
			": OPEN", ""},
		"crlf comments": {[]Edit{Before("id: 7\nretry: 10\n"), LineEnds("\r\n")}, "id: 7\r\nretry: 10\r\ndata: {",
			"", "", ""},
		"no done":      {[]Edit{WithoutDone()}, `"finish_reason":"stop"`, "[DONE]", "", "}\n\n"},
		"padded done":  {[]Edit{Done("[DONE]  ")}, "", "", "", "[DONE]  \n\n"},
		"one by one":   {[]Edit{Bytes(1)}, `"finish_reason":"stop"`, "", "", "[DONE]\n\n"},
		"eof":          {[]Edit{CutContent(3, EndClean)}, `"content"`, `"finish_reason":"`, "", ""},
		"done unended": {[]Edit{CutDone(3)}, `"content"`, `"finish_reason":"`, "", "[DONE]\n\n"},
		"invented":     {[]Edit{CutInvented(3)}, `"completion_tokens":999`, `"finish_reason":"`, "", "[DONE]\n\n"},
		"inline first": {[]Edit{Inline(InlineTextCode, 0)}, `"code":"429"`, `"content":"**"`, "", "[DONE]\n\n"},
		"inline later": {[]Edit{Inline(InlineMistral, 2)}, `"content":"**"`, `"finish_reason":"`, "", ""},
		"event error":  {[]Edit{InlineEvent(InlineAnthropic, 1)}, "event: error\ndata: {\"type\":\"error\"", "", "", ""},
		"garbage":      {[]Edit{Garbage(2)}, "\x1b]0;owned\x07\xff", "[DONE]", "", ""},
		"long line":    {[]Edit{LongLine(1 << 20)}, strings.Repeat("x", 1<<20), "", "", ""},
		"as json":      {[]Edit{AsJSON(), ThenDone()}, `"object":"chat.completion"`, "chunk", "{", "}\n\ndata: [DONE]\n\n"},
		"usage finish": {[]Edit{Usage(UsageFinish)}, `"finish_reason":"stop"}],"usage":{"prompt_tokens"`,
			`"choices":[],`, "", ""},
		"usage none":     {[]Edit{Usage(UsageNone)}, "", `"usage"`, "", ""},
		"usage null":     {[]Edit{Usage(UsageNull)}, `"usage":null`, `"usage":{`, "", ""},
		"usage null run": {[]Edit{Usage(UsageNullRun)}, `"usage":null`, "", "", ""},
		"usage zeros":    {[]Edit{Usage(UsageZeros)}, `"choices":[],"usage":{"prompt_tokens":0,`, "", "", ""},
		"parts":          {[]Edit{ContentParts(), Text("a")}, `"content":[{"type":"text","text":"a"}]`, "", "", ""},
		"details":        {[]Edit{Reason("reasoning_details", "hm")}, `{"type":"reasoning.text","text":"hm"}`, "", "", ""},
		"vllm reasoning": {[]Edit{Reason("reasoning", "hm")}, `"delta":{"reasoning":"hm"}`, "", "", ""},
		"no finish":      {[]Edit{Finish("")}, "[DONE]", `"finish_reason":"`, "", ""},
		"filter":         {[]Edit{Finish("content_filter")}, `"finish_reason":"content_filter"`, "", "", ""},
		"other model": {[]Edit{AnsweredBy("gpt-4.1-2025-04-14")}, `"model":"gpt-4.1-2025-04-14"`,
			`"model":"gpt-4.1"`, "", ""},
		"counts": {[]Edit{Counts(relay.Usage{Input: 1, Output: 2})},
			`"prompt_tokens":1,"completion_tokens":2,"total_tokens":3`, "", "", ""},
		"body":  {[]Edit{Body(200, "text/plain", "one", "two")}, "onetwo", "data", "", ""},
		"empty": {[]Edit{Empty()}, "", "data", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, resp, err := played(t, "", x.edits...)
			if err != nil || resp.StatusCode != 200 {
				t.Fatal(resp.Status, err)
			}
			if !strings.Contains(got, x.holds) || x.not != "" && strings.Contains(got, x.not) ||
				!strings.HasPrefix(got, x.starts) || !strings.HasSuffix(got, x.end) {
				t.Errorf("want %q, not %q, from %q to %q; got %.400q … %q", x.holds, x.not, x.starts, x.end, got,
					got[max(0, len(got)-80):])
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for name, x := range map[string]struct {
		more   string
		edit   Edit
		status int
		holds  string
		header string // name=value
	}{
		"429":        {"", Status(429), 429, "rate_limit_exceeded", "Retry-After=1"},
		"500":        {"", Status(500), 500, "server had an error", ""},
		"503":        {"", Status(503), 503, "overloaded", "Retry-After=1"},
		"529":        {"", Status(529), 529, "overloaded_error", ""},
		"402":        {"", Status(402), 402, "Insufficient Balance", ""},
		"quota":      {"", NoQuota(), 429, "insufficient_quota", ""},
		"no channel": {"", NoChannel(), 503, "无可用渠道", ""},
		"html":       {"", HTML(502), 502, "<title>502 Bad Gateway</title>", "Content-Type=text/html"},
		"redirect": {"", Redirect(307, "https://elsewhere.example/v1"), 307, "",
			"Location=https://elsewhere.example/v1"},
		"stream options":  {"", RefuseParam("stream_options", 400), 400, "'stream_options' is unsupported", ""},
		"extra forbidden": {"", RefuseParam("stream_options", 422), 422, "extra_forbidden", ""},
		"max tokens":      {`,"max_tokens":9`, RefuseParam("max_tokens", 400), 400, "max_completion_tokens", ""},
		"temperature":     {`,"temperature":0.7`, RefuseParam("temperature", 400), 400, "'temperature'", ""},
		"not carried":     {"", RefuseParam("temperature", 400), 200, "[DONE]", ""},
		"header":          {"", Header("x-litellm-response-cost", "0.01"), 200, "[DONE]", "X-Litellm-Response-Cost=0.01"},
	} {
		t.Run(name, func(t *testing.T) {
			got, resp, err := played(t, x.more, x.edit)
			if err != nil || resp.StatusCode != x.status || !strings.Contains(got, x.holds) {
				t.Errorf("%s %v %.200s", resp.Status, err, got)
			}
			if k, v, _ := strings.Cut(x.header, "="); k != "" && resp.Header.Get(k) != v {
				t.Errorf("%s: %q", k, resp.Header.Get(k))
			}
		})
	}
}

func TestBrokenConnections(t *testing.T) {
	for name, x := range map[string]struct {
		edit Edit
		want string
	}{
		"abort":      {CutContent(3, EndAbort), "unexpected EOF"},
		"reset":      {CutContent(3, EndReset), "connection reset"},
		"bytes":      {CutBytes(500, EndAbort), "unexpected EOF"},
		"bytes, eof": {CutBytes(500, EndClean), ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, _, err := played(t, "", x.edit)
			switch {
			case x.want == "" && err != nil, x.want != "" && (err == nil || !strings.Contains(err.Error(), x.want)):
				t.Errorf("%v, want %q", err, x.want)
			case strings.HasPrefix(name, "bytes") && len(got) != 500:
				t.Errorf("%d bytes", len(got))
			}
		})
	}
}

func TestGzipComesUnasked(t *testing.T) {
	s, c := relayAnd(t, Instant())
	s.Script(Rule{Do: []Edit{Gzip()}})
	resp := ask(t, s, c, body("gpt-4.1", "x", ""))
	defer resp.Body.Close()
	z, err := gzip.NewReader(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := fold(t, z); got.finish != "stop" || !got.done {
		t.Errorf("%+v", got)
	}
}

func TestToolCallsAndChoicesComeInTurns(t *testing.T) {
	s, c := relayAnd(t, Instant())
	s.Script(
		Rule{Prompt: "tools", Do: []Edit{ToolCalls(relay.ToolCall{Name: "weather", Arguments: `{"city":"Huế"}`},
			relay.ToolCall{Name: "time", Arguments: `{}`})}},
		Rule{Prompt: "two", Do: []Edit{Text("first one"), Choices("second one")}},
		Rule{Prompt: "no", Do: []Edit{Refuse("I can't help with that.")}},
	)
	got := stream(t, s, c, body("gpt-4.1", "tools", ""))
	if got.tools[0] != `weather{"city":"Huế"}` || got.tools[1] != `time{}` || got.finish != "tool_calls" ||
		got.text != "" {
		t.Errorf("%+v", got)
	}
	got = stream(t, s, c, body("gpt-4.1", "two", ""))
	if got.texts[0] != "first one" || got.texts[1] != "second one" {
		t.Errorf("%+v", got)
	}
	got = stream(t, s, c, body("gpt-4.1", "no", ""))
	if got.refusal != "I can't help with that." || got.text != "" || got.usage.Output == 0 {
		t.Errorf("%+v", got)
	}
	// An answer by SSE to a request for JSON.
	s.Script(Rule{Do: []Edit{AsSSE()}})
	if got := stream(t, s, c, `{"model":"gpt-4.1","messages":[{"role":"user","content":"x"}]}`); !got.done ||
		got.text == "" {
		t.Errorf("%+v", got)
	}
}

func TestUsageOnEveryChunkGrows(t *testing.T) {
	s, c := relayAnd(t, Options{TTFT: -1, ITL: -1, Usage: UsageEvery, Tokens: 9})
	got := stream(t, s, c, body("gpt-4.1", "x", ""))
	if got.usages != got.chunks || got.usage.Output != 9 {
		t.Errorf("%d usages in %d chunks, the last %+v", got.usages, got.chunks, got.usage)
	}
}

func TestHeldConnectionsEndWhenTheClientLeaves(t *testing.T) {
	for name, e := range map[string]Edit{"hold": HoldOpen(), "stall": Stall(2), "ping": PingForever(time.Millisecond)} {
		t.Run(name, func(t *testing.T) {
			s, c := relayAnd(t, Instant())
			s.Script(Rule{Do: []Edit{e}})
			resp := ask(t, s, c, body("gpt-4.1", "x", ""))
			b := make([]byte, 8)
			if _, err := io.ReadFull(resp.Body, b); err != nil {
				t.Fatal(err)
			}
			if name == "ping" != strings.HasPrefix(string(b), ": ping") {
				t.Errorf("began %q", b)
			}
			if st := s.Stats(); st.Open != 1 || st.Cancelled != 0 {
				t.Errorf("while held: %+v", st)
			}
			resp.Body.Close()
			settled(t, s)
			if st := s.Stats(); st.Cancelled != 1 || st.Complete != 0 {
				t.Errorf("afterwards: %+v", st)
			}
		})
	}
}

// settled waits until nothing is being answered.
func settled(t *testing.T, s *Server) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for s.Stats().Open > 0 {
		select {
		case <-deadline:
			t.Fatal("still answering")
		case <-tick.C:
		}
	}
}
