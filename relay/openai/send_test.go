package openai

import (
	"bytes"
	"compress/gzip"
	"context"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
)

func gzipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(s))
	z.Close()
	return b.String()
}

// variant is one way in which relays answer, and the reply that it must give.
type variant struct {
	name, header, body string
	code               int // 0: 200
	status             relay.Status
	class              relay.Class
	text               string
	says               string // found in the error's message
}

func variants() []variant {
	ok := relay.StatusOK
	hello := events(delta(`{"role":"assistant","content":""}`), content("Hel"), content("lo"))
	whole := hello + events(finish("stop"), usageChunk, "[DONE]")
	plain := `{"id":"x","model":"m-1","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},` +
		`"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}`
	failed, cut, empty := relay.StatusFailed, relay.StatusTruncated, relay.StatusEmpty
	return []variant{
		{name: "usual", body: whole, status: ok, text: "Hello"},
		{name: "CRLF", body: strings.ReplaceAll(whole, "\n", "\r\n"), status: ok, text: "Hello"},
		{name: "lone CR", body: strings.ReplaceAll(whole, "\n", "\r"), status: ok, text: "Hello"},
		{name: "byte order mark", body: "\xef\xbb\xbf" + whole, status: ok, text: "Hello"},
		{name: "pings", body: ": ping\n\n: OPENROUTER PROCESSING\n\n" + whole, status: ok, text: "Hello"},
		{name: "no DONE", body: hello + events(finish("stop")), status: ok, text: "Hello"},
		{name: "DONE with blanks", body: hello + events(finish("stop"), "[DONE]  "), status: ok, text: "Hello"},
		{name: "gzip unasked", header: "Content-Encoding: gzip\r\n", body: gzipped(whole), status: ok, text: "Hello"},
		{name: "wrong content type", header: "Content-Type: application/json\r\n", body: whole, status: ok, text: "Hello"},
		{name: "JSON for a stream", body: plain, status: ok, text: "Hello"},
		{name: "JSON behind blanks, then DONE", body: "\n\n  " + plain + "\n\ndata: [DONE]\n\n", status: ok, text: "Hello"},
		{name: "content as parts",
			body:   events(delta(`{"content":[{"type":"text","text":"Hel"},{"type":"text","text":"lo"}]}`), finish("stop")),
			status: ok, text: "Hello"},
		{name: "refusal", body: events(delta(`{"refusal":"No."}`), finish("stop")), status: ok},
		{name: "tool call", body: events(delta(`{"tool_calls":[{"index":0,"id":"a","function":{"name":"f",`+
			`"arguments":"{}"}}]}`), finish("tool_calls")), status: ok},
		{name: "length", body: hello + events(finish("length")), status: relay.StatusLength, text: "Hello"},
		{name: "length wins over empty", body: events(finish("length")), status: relay.StatusLength},
		{name: "content filter", body: hello + events(finish("content_filter")), status: relay.StatusFiltered,
			class: relay.ClassContentFilter, text: "Hello"},

		{name: "clean end without finish", body: hello, status: cut, class: relay.ClassTruncated, text: "Hello"},
		{name: "DONE without finish", body: hello + events("[DONE]"), status: cut, class: relay.ClassTruncated,
			text: "Hello"},
		{name: "invented usage, then DONE", body: hello + events(usageChunk, "[DONE]"), status: cut,
			class: relay.ClassTruncated, text: "Hello"},
		{name: "end within an event", body: hello + `data: {"choices":[{"del`, status: cut, class: relay.ClassTruncated,
			text: "Hello"},
		{name: "short content length", header: "Content-Length: 99999\r\n", body: hello, status: cut,
			class: relay.ClassTruncated, text: "Hello"},
		{name: "broken JSON", body: hello + events("{oops}"), status: cut, class: relay.ClassTruncated, text: "Hello",
			says: "protocol: not JSON: {oops}"},
		{name: "broken JSON first", body: events("{oops}"), status: failed, class: relay.ClassProtocol},
		{name: "error after text", body: hello + events(`{"error":{"message":"gone","code":429}}`), status: cut,
			class: relay.ClassTruncated, text: "Hello", says: "rate_limit: gone"},

		{name: "empty body", body: "", status: empty, class: relay.ClassEmpty},
		{name: "only DONE", body: events("[DONE]"), status: empty, class: relay.ClassEmpty},
		{name: "finish without text", body: events(delta(`{"role":"assistant"}`), finish("stop"), usageChunk, "[DONE]"),
			status: empty, class: relay.ClassEmpty},
		{name: "reasoning only", body: events(delta(`{"reasoning_content":"hm"}`), finish("stop")), status: empty,
			class: relay.ClassEmpty, says: "reasoning"},
		{name: "HTML with 200", body: "<html><head><title>Sign in &amp; pay</title></head></html>", status: failed,
			class: relay.ClassProtocol, says: "Sign in & pay"},
		{name: "text with 200", body: "upstream connect error", status: failed, class: relay.ClassProtocol,
			says: "upstream connect error"},
		{name: "finish error", body: events(finish("error")), status: failed, class: relay.ClassUpstream},

		{name: "error object", body: events(`{"error":{"message":"slow down","code":"429"}}`), status: failed,
			class: relay.ClassRateLimit, says: "slow down"},
		{name: "error int code", body: events(`{"error":{"message":"busy","code":503}}`), status: failed,
			class: relay.ClassOverloaded},
		{name: "error null code", body: events(`{"error":{"message":"odd","code":null}}`), status: failed,
			class: relay.ClassUpstream, says: "odd"},
		{name: "error string", body: events(`{"error":"it broke"}`), status: failed, class: relay.ClassUpstream,
			says: "it broke"},
		{name: "error of mistral", body: events(`{"object":"error","message":{"detail":"bad thing"},"code":400}`),
			status: failed, class: relay.ClassInvalid, says: "bad thing"},
		{name: "error of anthropic", body: "event: error\n" +
			events(`{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`), status: failed,
			class: relay.ClassOverloaded, says: "Overloaded"},
		{name: "error event in plain text", body: "event: error\ndata: no luck\n\n", status: failed,
			class: relay.ClassUpstream,
			says:  "no luck"},
		{name: "error in plain JSON", body: `{"error":{"message":"no quota","code":"insufficient_quota"}}`, status: failed,
			class: relay.ClassQuota, says: "no quota"},
		{name: "error in a list", body: `[{"error":{"message":"bad","code":400}}]`, status: failed,
			class: relay.ClassInvalid, says: "bad"},
		{name: "error in a list in a stream",
			body: events(`[{"error":{"message":"full","code":503,"status":"UNAVAILABLE"}}]`), status: failed,
			class: relay.ClassOverloaded, says: "full"},
		{name: "error null is not an error",
			body:   events(`{"error":null,"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":"stop"}]}`),
			status: ok, text: "Hello"},

		{name: "401", code: 401, body: `{"error":{"message":"Incorrect API key provided: secret-key-123"}}`, status: failed,
			class: relay.ClassAuth, says: "••••"},
		{name: "nginx 502", code: 502, body: "<html><head><title>502 Bad Gateway</title></head><body>x</body></html>",
			status: failed, class: relay.ClassUpstream, says: "502 Bad Gateway"},
		{name: "new-api's 503", code: 503, body: `{"error":{"message":"当前分组 default 下对于模型 x 无可用渠道","type":"new_api_error"}}`,
			status: failed, class: relay.ClassUnknownModel},
		{name: "redirect", code: 302, header: "Location: https://elsewhere.example/v1?k=v\r\n", status: failed,
			class: relay.ClassProtocol, says: "https://elsewhere.example/v1:"},
	}
}

func TestVariants(t *testing.T) {
	for _, v := range variants() {
		t.Run(v.name, func(t *testing.T) {
			if v.code == 0 {
				v.code = 200
			}
			s := serve(t, false, func(int) string { return response(v.code, v.header, v.body) })
			c := client(t, relay.Endpoint{BaseURL: s.url, Key: "secret-key-123"}, Options{})
			var text strings.Builder
			r := c.Send(t.Context(), ask(), func(e relay.Event) {
				if e.Kind == relay.Text {
					text.WriteString(e.Text)
				}
			})
			var class relay.Class
			message := ""
			if r.Err != nil {
				class, message = r.Err.Class, r.Err.Message
			}
			if r.Status != v.status || class != v.class || r.Text != v.text || text.String() != v.text {
				t.Fatalf("got %s %q %q (events %q): %s", r.Status, class, r.Text, text.String(), message)
			}
			if !strings.Contains(message, v.says) || strings.Contains(message, "secret-key-123") ||
				strings.Contains(message, "\n") {
				t.Fatalf("message %q, want %q in it", message, v.says)
			}
			if r.Timing.Send.IsZero() || r.Timing.Done.Before(r.Timing.Send) || r.HTTP != v.code {
				t.Fatalf("timing %+v, HTTP %d", r.Timing, r.HTTP)
			}
		})
	}
}

func TestUsageAndEvents(t *testing.T) {
	body := events(delta(`{"role":"assistant"}`), delta(`{"reasoning_content":"hm"}`), content("Hi"), finish("stop"),
		usageChunk, "[DONE]")
	s := serve(t, false, func(int) string {
		return response(200, streamType+"x-litellm-response-cost: 0.000012\r\nx-ratelimit-remaining-requests: "+
			"9\r\nx-ratelimit-reset-requests: 1s\r\nx-request-id: theirs\r\n", body)
	})
	var kinds []relay.Kind
	r := client(t, relay.Endpoint{BaseURL: s.url, Key: "secret-key-123"}, Options{Version: "1.0"}).Send(t.Context(),
		ask(), func(e relay.Event) {
			kinds = append(kinds, e.Kind)
			if e.ID != 7 || e.Endpoint != "test" || e.At.IsZero() {
				t.Errorf("event %+v", e)
			}
		})
	want := relay.Usage{Input: 10, Cached: 4, Output: 3, Reasoning: 1, Total: 13}
	if r.Usage == nil || *r.Usage != want || r.Header == nil || *r.Header != 12_000_000 || r.Remote != "theirs" ||
		r.Model != "m-1" {
		t.Fatalf("reply %+v, usage %+v", r, r.Usage)
	}
	if r.Limits.Requests != 9 || r.Limits.RequestsReset != time.Second || r.Limits.Tokens != -1 {
		t.Fatalf("limits %+v", r.Limits)
	}
	if got, want := kinds, []relay.Kind{relay.Sent, relay.Answering, relay.Reasoning, relay.Text, relay.Metered,
		relay.Exchanged}; len(got) != len(want) {
		t.Fatalf("kinds %v, want %v", got, want)
	}
	if r.Timing.Chunks != 2 || len(r.Timing.Gaps) != 1 || r.Timing.FirstByte.IsZero() || r.Timing.Conn.IsZero() {
		t.Fatalf("timing %+v", r.Timing)
	}
	req := s.seen()[0]
	if req.path != "/v1/chat/completions" || req.header.Get("Authorization") != "Bearer secret-key-123" ||
		req.header.Get("User-Agent") != "relaytop/1.0" ||
		req.header.Get("X-Request-Id") != relay.ID(7).String() ||
		!strings.Contains(req.body, `"stream_options":{"include_usage":true}`) {
		t.Fatalf("request %+v", req)
	}
}

func TestEstimateWithoutUsage(t *testing.T) {
	s := serve(t, false, func(int) string {
		return response(200, streamType,
			events(content("abcdefgh"), finish("stop")))
	})
	r := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(t.Context(), ask(), nil)
	if r.Usage == nil || !r.Usage.Estimated || r.Usage.Output != 2 || r.Usage.Input == 0 {
		t.Fatalf("usage %+v", r.Usage)
	}
	if _, there := s.seen()[0].header["Authorization"]; there {
		t.Fatal("an Authorization header without a key")
	}
}

// TestUsageWithoutFinish: counts that come with a broken answer are marked, because some relays make them up.
func TestUsageWithoutFinish(t *testing.T) {
	usage := `{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":999}}`
	for name, c := range map[string]struct {
		body      string
		estimated bool
	}{
		"whole":     {events(content("ab"), finish("stop"), usage, "[DONE]"), false},
		"too long":  {events(content("ab"), finish("length"), usage, "[DONE]"), false},
		"no finish": {events(content("ab"), usage, "[DONE]"), true},
	} {
		s := serve(t, false, func(int) string { return response(200, streamType, c.body) })
		r := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(t.Context(), ask(), nil)
		if r.Usage == nil || r.Usage.Estimated != c.estimated || r.Usage.Output != 999 {
			t.Errorf("%s: usage %+v", name, r.Usage)
		}
	}
}

func TestQuirksAreLearnedOnce(t *testing.T) {
	refusals := []string{
		response(400, "", `{"error":{"message":"property 'stream_options' is unsupported"}}`),
		response(400, "", `{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use `+
			`'max_completion_tokens' instead."}}`),
		response(400, "", `{"error":{"message":"Unsupported value: 'temperature' does not support 0.7 with this model."}}`),
	}
	s := serve(t, false, func(n int) string {
		if n < len(refusals) {
			return refusals[n]
		}
		return response(200, streamType, events(content("Hi"), finish("stop"), "[DONE]"))
	})
	c := client(t, relay.Endpoint{BaseURL: s.url}, Options{})
	quirk := ""
	r := c.Send(t.Context(), ask(), func(e relay.Event) {
		if e.Kind == relay.Quirk {
			quirk = e.Reason
		}
	})
	if r.Status != relay.StatusOK || quirk == "" || len(s.seen()) != 4 {
		t.Fatalf("%s, quirk %q, %d requests", r.Status, quirk, len(s.seen()))
	}
	if r = c.Send(t.Context(), ask(), nil); r.Status != relay.StatusOK || len(s.seen()) != 5 {
		t.Fatalf("%s after %d requests", r.Status, len(s.seen()))
	}
	last := s.seen()[4].body
	if strings.Contains(last, "stream_options") || strings.Contains(last, "temperature") ||
		!strings.Contains(last, `"max_completion_tokens":4096`) {
		t.Fatalf("sent %s", last)
	}
}

func TestSilence(t *testing.T) {
	for name, tc := range map[string]struct {
		bytes  string
		status relay.Status
	}{
		"no response":   {"", relay.StatusFailed},
		"headers only":  {response(200, streamType, ""), relay.StatusFailed},
		"pings only":    {response(200, streamType, ": ping\n\n: ping\n\n"), relay.StatusFailed},
		"after a token": {response(200, streamType, events(content("Hi"))), relay.StatusTruncated},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, true, func(int) string { return tc.bytes })
			r := client(t, relay.Endpoint{BaseURL: s.url, Timeout: 50 * time.Millisecond},
				Options{}).Send(t.Context(), ask(), nil)
			class := relay.ClassTimeout
			if tc.status == relay.StatusTruncated {
				class = relay.ClassTruncated
			}
			if r.Status != tc.status || r.Err == nil || r.Err.Class != class {
				t.Fatalf("%s %v", r.Status, r.Err)
			}
			<-s.gone
		})
	}
}

func TestOpenConnectionAfterFinish(t *testing.T) {
	for name, body := range map[string]string{
		"no DONE": events(content("Hi"), finish("stop"), usageChunk),
		"DONE":    events(content("Hi"), finish("stop"), usageChunk, "[DONE]"),
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, true, func(int) string { return response(200, streamType, body) })
			r := client(t, relay.Endpoint{BaseURL: s.url}, Options{Settle: 20 * time.Millisecond}).Send(t.Context(), ask(), nil)
			if r.Status != relay.StatusOK || r.Usage == nil || r.Usage.Output != 3 {
				t.Fatalf("%s %v %+v", r.Status, r.Err, r.Usage)
			}
			<-s.gone
		})
	}
}

func TestCancelClosesTheConnection(t *testing.T) {
	s := serve(t, true, func(int) string { return response(200, streamType, events(content("Hi"))) })
	ctx, cancel := context.WithCancel(t.Context())
	r := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(ctx, ask(), func(e relay.Event) {
		if e.Kind == relay.Text {
			cancel()
		}
	})
	if r.Status != relay.StatusCancelled || r.Err.Class != relay.ClassCancelled || r.Text != "Hi" {
		t.Fatalf("%s %v %q", r.Status, r.Err, r.Text)
	}
	<-s.gone
}
