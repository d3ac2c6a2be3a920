package openai

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
)

// piece is a chunk with text and a finish_reason; "" is null.
func piece(text, finish string) string {
	reason := "null"
	if finish != "" {
		reason = `"` + finish + `"`
	}
	return fmt.Sprintf(`{"model":"m-1","choices":[{"index":0,"delta":{"content":%q},"finish_reason":%s}]}`, text, reason)
}

// native is a chunk without text that has both words, as OpenRouter sends them.
func native(finish, of string) string {
	return fmt.Sprintf(`{"choices":[{"index":0,"delta":{},"finish_reason":%q,"native_finish_reason":%s}]}`, finish, of)
}

// TestWords: what each finish_reason makes of an answer with text, and of one without, in a stream and as plain JSON.
func TestWords(t *testing.T) {
	for status, words := range map[relay.Status][]string{
		"ok": {"stop", "STOP", "eos", "eos_token", "EndTurn", "end_turn", "end-turn", "stop_sequence", "tool_calls",
			"tool-calls", "function_call", "tool_use", "complete", "COMPLETED", " stop "},
		"length": {"length", "max_tokens", "MAX_TOKENS", "maxTokens", "max_output_tokens", "model_length",
			"finish_length", "model_context_window_exceeded"},
		"filtered": {"content_filter", "contentFilter", "content_filtered", "SAFETY", "IMAGE_SAFETY", "PROHIBITED_CONTENT",
			"BLOCKLIST", "blocked", "refusal", "refused", "SPII", "RECITATION", "sensitive"},
		"truncated": {"repetition", "repetition_detected", "REPETITIVE", "abort", "aborted", "cancelled", "user_canceled",
			"error", "ERROR_LIMIT", "network_error", "MALFORMED_FUNCTION_CALL", "insufficient_system_resource",
			"timeout", "failed", "null", "", "   ", "None"},
		"incomplete": {"pause_turn", "weird", "stopped_early", "LANGUAGE", "other", "FINISH_REASON_UNSPECIFIED", "完了", "-",
			"unstop", "nonstop"},
	} {
		without := map[relay.Status]relay.Status{"ok": "empty", "length": "length", "filtered": "filtered",
			"truncated": "failed", "incomplete": "empty"}[status]
		for _, word := range words {
			r := sent(t, streamType, events(content("Hi"), piece("", word), "[DONE]"))
			if r.Status != status || r.Text != "Hi" {
				t.Errorf("%q: %s %q %v, want %s", word, r.Status, r.Text, r.Err, status)
			}
			if status == "incomplete" && (r.Finish != word || r.Err != nil) {
				t.Errorf("%q: finish %q, error %v", word, r.Finish, r.Err)
			}
			r = sent(t, "", `{"choices":[{"message":{"content":"Hi"},"finish_reason":"`+word+`"}]}`)
			if r.Status != status || r.Text != "Hi" {
				t.Errorf("%q, plain: %s %q %v, want %s", word, r.Status, r.Text, r.Err, status)
			}
			want := without
			if endingOf(word) == unfinished {
				want = "empty"
			}
			if r = sent(t, streamType, events(piece("", word), "[DONE]")); r.Status != want {
				t.Errorf("%q without text: %s %v, want %s", word, r.Status, r.Err, want)
			}
		}
	}
}

// TestNativeWord decides where the plain word is stop, and nowhere else.
func TestNativeWord(t *testing.T) {
	for _, c := range []struct{ finish, native, status, shown string }{
		{"stop", `"STOP"`, "ok", "stop"},
		{"stop", `"completed"`, "ok", "stop"},
		{"stop", `"end_turn"`, "ok", "stop"},
		{"stop", `null`, "ok", "stop"},
		{"stop", `""`, "ok", "stop"},
		{"stop", `"null"`, "ok", "stop"},
		{"stop", `7`, "ok", "stop"},
		{"stop", `"MAX_TOKENS"`, "length", "MAX_TOKENS"},
		{"stop", `"SAFETY"`, "filtered", "SAFETY"},
		{"stop", `"repetition"`, "truncated", "repetition"},
		{"STOP", `"pause_turn"`, "incomplete", "pause_turn"},
		{"tool_calls", `"odd"`, "ok", "tool_calls"},
		{"length", `"STOP"`, "length", "length"},
	} {
		r := sent(t, streamType, events(content("Hi"), native(c.finish, c.native), "[DONE]"))
		if string(r.Status) != c.status || r.Finish != c.shown {
			t.Errorf("%s, native %s: %s, shown %q, %v", c.finish, c.native, r.Status, r.Finish, r.Err)
		}
	}
}

// TestNativeWordOnEveryChunk: "stop" on every chunk says nothing of a native word that nothing follows.
func TestNativeWordOnEveryChunk(t *testing.T) {
	const usage = `{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":3}}`
	for _, c := range []struct{ native, status string }{
		{"SAFETY", "filtered"}, {"MAX_TOKENS", "length"}, {"repetition", "truncated"}, {"STOP", "ok"}, {"odd", "incomplete"},
	} {
		last := native("stop", strconv.Quote(c.native))
		r := sent(t, streamType, events(piece("a", "stop"), piece("b", "stop"), last, usage, "[DONE]"))
		if string(r.Status) != c.status {
			t.Errorf("native %s: %s, shown %q, %v", c.native, r.Status, r.Finish, r.Err)
		}
	}
}

// TestStopAfterACut: a "stop" that nothing precedes does not make whole what was cut or filtered.
func TestStopAfterACut(t *testing.T) {
	for _, c := range []struct{ first, second, status string }{
		{"length", "stop", "length"}, {"content_filter", "stop", "filtered"}, {"stop", "length", "length"},
		{"stop", "stop", "ok"}, {"stop_2", "", "incomplete"}, {"stop-但被截断", "", "incomplete"}, {"end-turn", "", "ok"},
	} {
		r := sent(t, streamType, events(content("Hi"), piece("", c.first), piece("", c.second), "[DONE]"))
		if string(r.Status) != c.status {
			t.Errorf("%s, %s: %s, shown %q, %v", c.first, c.second, r.Status, r.Finish, r.Err)
		}
	}
}

// TestWhatFollowsAFinishReason: content after one proves that it means nothing, and then the end of the stream
// decides. An asterisk is a pause of 3 s, more than the time in which usage may come; ~ is silence.
func TestWhatFollowsAFinishReason(t *testing.T) {
	const usage = `{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":3}}`
	a, b, c := piece("a", "stop"), piece("b", "stop"), piece("c", "stop")
	counting := func(text string, n int) string {
		return fmt.Sprintf(`{"choices":[{"index":0,"delta":{"content":%q},"finish_reason":"stop"}],"usage":`+
			`{"prompt_tokens":10,"completion_tokens":%d}}`, text, n)
	}
	tool := `{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"x","function":{"name":"f","arguments":"{}"}` +
		`}]},"finish_reason":"stop"}]}`
	thought := `{"choices":[{"index":0,"delta":{"reasoning_content":"hm"},"finish_reason":"stop"}]}`
	for name, c := range map[string]struct {
		stream []string
		status relay.Status
		finish string
		text   string
		learns bool
	}{
		"on every chunk, DONE":           {[]string{a, "*", b, c, "[DONE]"}, "ok", "stop", "abc", true},
		"on every chunk, usage, DONE":    {[]string{a, "*", b, usage, "*", "[DONE]"}, "ok", "stop", "ab", true},
		"on every chunk, usage, the end": {[]string{a, "*", b, usage}, "ok", "stop", "ab", true},
		"on every chunk, the end":        {[]string{a, "*", b}, "truncated", "", "ab", true},
		"on every chunk, silence":        {[]string{a, b, "~"}, "truncated", "", "ab", true},
		"on every chunk, usage, silence": {[]string{a, b, usage, "~"}, "truncated", "", "ab", true},
		"a running count, the end":       {[]string{counting("a", 1), counting("b", 2)}, "truncated", "", "ab", true},
		"usage with the last, the end":   {[]string{a, "*", counting("b", 3)}, "ok", "stop", "ab", true},
		"another word at the end":        {[]string{a, b, piece("", "length"), "[DONE]"}, "length", "length", "ab", true},
		"a filter at the end": {[]string{a, b, piece("", "content_filter")},
			"filtered", "content_filter", "ab", true},
		"an unknown word on every chunk": {[]string{piece("a", "odd"), piece("b", "odd"), "[DONE]"},
			"incomplete", "odd", "ab", true},
		"length on every chunk": {[]string{piece("a", "length"), piece("b", "length"), "[DONE]"},
			"ok", "length", "ab", true},
		"null as a string on every chunk": {[]string{piece("a", "null"), "*", piece("b", " "), "*", finish("stop")},
			"ok", "stop", "ab", false},
		"a step, then another": {[]string{content("a"), finish("stop"), "1", content("b"), finish("stop"), "*",
			content("c"), finish("stop"), "[DONE]"},
			"ok", "stop", "abc", true},
		"before the first word": {[]string{piece("", "stop"), "*", content("a"), "[DONE]"},
			"ok", "stop", "a", true},
		"before the first word, once": {[]string{piece("", "stop"), "*", usage, "[DONE]"}, "empty", "stop", "", false},
		"on reasoning":                {[]string{thought, "*", thought, "*", b, "[DONE]"}, "ok", "stop", "b", true},
		"on a call":                   {[]string{tool, "*", "[DONE]"}, "ok", "stop", "", false},
		"a call after text":           {[]string{a, "1", tool, "[DONE]"}, "ok", "stop", "a", true},
		"blanks after it": {[]string{content("a"), finish("stop"), piece("\n", ""), "~"},
			"ok", "stop", "a\n", false},
		"once, the end": {[]string{content("a"), finish("stop")}, "ok", "stop", "a", false},
		"once, silence": {[]string{content("a"), finish("stop"), "~"}, "ok", "stop", "a", false},
		"once, then usage and silence": {[]string{content("a"), finish("stop"), "1", usage, "~"},
			"ok", "stop", "a", false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := &memoryStore{}
				cl := scripted(t, store, c.stream)
				r := cl.Send(t.Context(), ask(), nil)
				if r.Status != c.status || r.Finish != c.finish || r.Text != c.text {
					t.Errorf("%s, finish %q, text %q, %v", r.Status, r.Finish, r.Text, r.Err)
				}
				if q := newQuirkMemory(store, cl.quirks.endpoint).of("m"); q.EarlyFinish != c.learns {
					t.Errorf("remembered: %v", q.EarlyFinish)
				}
				<-time.After(time.Hour) // so that the writer ends
			})
		})
	}
}

// scripted returns a client whose n-th request is answered over a pipe by the n-th list: an event each, "1" and "*"
// are pauses of 1 s and 3 s, "~" keeps the connection open.
func scripted(t *testing.T, store relay.Store, answers ...[]string) *Client {
	t.Helper()
	c, err := New(relay.Endpoint{Name: "slow", BaseURL: "http://127.0.0.1/v1"}, Options{Store: store})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	tr, ok := c.http.Transport.(*http.Transport)
	if !ok {
		t.Fatalf("the transport is a %T", c.http.Transport)
	}
	tr.DialContext = func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		steps := answers[0]
		if len(answers) > 1 {
			answers = answers[1:]
		}
		go perform(far, steps)
		return near, nil
	}
	return c
}

func perform(conn net.Conn, steps []string) {
	defer conn.Close()
	req, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	_, _ = io.Copy(io.Discard, req.Body)
	_, _ = io.WriteString(conn, response(200, streamType, ""))
	for _, step := range steps {
		switch step {
		case "1":
			<-time.After(time.Second)
		case "*":
			<-time.After(3 * time.Second)
		case "~":
			<-time.After(10 * time.Minute)
		default:
			if _, err := io.WriteString(conn, events(step)); err != nil {
				return
			}
		}
	}
}

// TestEarlyFinishIsRemembered: a relay that sent content after a finish_reason is waited for from then on, also where
// the pause comes first, and also after a new start.
func TestEarlyFinishIsRemembered(t *testing.T) {
	steps := []string{content("a"), piece("b", "stop"), "*", content("c"), "[DONE]"}
	bare := []string{content("a"), finish("stop")}
	synctest.Test(t, func(t *testing.T) {
		store := &memoryStore{}
		c := scripted(t, store, steps)
		if r := c.Send(t.Context(), ask(), nil); r.Status != relay.StatusOK || r.Text != "ab" {
			t.Errorf("before: %s %q", r.Status, r.Text) // it looks like a complete answer
		}
		learned := ""
		c = scripted(t, store, []string{piece("a", "stop"), piece("b", "stop"), "[DONE]"}, steps, bare)
		c.Send(t.Context(), ask(), func(e relay.Event) {
			if e.Kind == relay.Quirk {
				learned += e.Reason
			}
		})
		if !strings.Contains(learned, "finish_reason") {
			t.Errorf("learned %q", learned)
		}
		learned = ""
		for name, cl := range map[string]*Client{"the same client": c, "after a new start": scripted(t, store, steps, bare)} {
			sink := func(e relay.Event) {
				if e.Kind == relay.Quirk {
					learned += e.Reason
				}
			}
			if r := cl.Send(t.Context(), ask(), sink); r.Status != relay.StatusOK || r.Text != "abc" {
				t.Errorf("%s: %s %q %v", name, r.Status, r.Text, r.Err)
			}
			if r := cl.Send(t.Context(), ask(), sink); r.Status != relay.StatusTruncated {
				t.Errorf("%s, the end without usage: %s", name, r.Status)
			}
		}
		if learned != "" {
			t.Errorf("learned again: %q", learned)
		}
		<-time.After(time.Hour) // so that the writers end
	})
}

// TestStoppedAfterAFinishReason: one that came with the first content may stand on every chunk, so whoever stops there
// has cut the answer. Behind an end that is one, only usage is missed. The count of an answer that was cut is not sure.
func TestStoppedAfterAFinishReason(t *testing.T) {
	const counted = `{"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":9,"completion_tokens":1}}`
	for name, c := range map[string]struct {
		stream []string
		want   relay.Status
	}{
		"with the first content": {[]string{piece("a", "stop"), "~"}, relay.StatusCancelled},
		"after content":          {[]string{content("a"), finish("stop"), "~"}, relay.StatusOK},
		"on every chunk":         {[]string{piece("a", "stop"), piece("b", "stop"), "~"}, relay.StatusCancelled},
		"with a running count":   {[]string{counted, "~"}, relay.StatusCancelled},
	} {
		synctest.Test(t, func(t *testing.T) {
			cl := scripted(t, nil, c.stream)
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			r := cl.Send(ctx, ask(), nil)
			if r.Status != c.want {
				t.Errorf("%s: %s %v", name, r.Status, r.Err)
			}
			if u := r.Usage; r.Status == relay.StatusCancelled && u != nil && !u.Estimated {
				t.Errorf("%s: the usage %+v is taken as sure", name, u)
			}
			<-time.After(time.Hour) // so that the writer ends
		})
	}
}
